import Anthropic from '@anthropic-ai/sdk';
import type { Behaviour } from '@claude-proxy/simulator';
import { ask, type Seen } from '../scene.js';
import type { Stage } from '../stage.js';

/** The visible effect of a fault. Bytes are relayed, so bytes that are not an event reach the SDK. */
export type Sight =
  | 'Anthropic answers'
  | 'Bedrock answers'
  | 'reported as an error'
  | 'refused by the SDK'
  | 'connection closed';

/** A fault and its expected effect. */
export interface FaultScene {
  readonly title: string;
  readonly expected: Sight;
  play(stage: Stage): Promise<Observed>;
}

export interface Observed {
  readonly sight: Sight | 'something else';
  /** Time, message or circumstances, for the printed report. */
  readonly how: string;
}

/** Scenes of one theme. Each theme has a stage of its own. */
export interface Theme {
  readonly title: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly scenes: readonly FaultScene[];
}

interface Script {
  readonly anthropic: readonly Behaviour[];
  readonly bedrock?: readonly Behaviour[];
  /** Minimum number of pings that must reach the client. */
  readonly pings?: number;
}

let users = 0;
/** A new user, so that limits of earlier scenes do not apply. */
export const newUser = () => `user-${users++}`;

const TEXTS: Readonly<Record<string, Sight>> = {
  'Hello from Anthropic.': 'Anthropic answers',
  'Hello from Bedrock.': 'Bedrock answers',
};

/** A scene of one request: the upstreams follow the script, and the official SDK sends one request. */
export function scene(title: string, expected: Sight, script: Script): FaultScene {
  return { title, expected, play: (stage) => playScript(stage, script) };
}

/** Awaits one request and returns its visible effect. */
export async function observe(asking: Promise<Seen>, pings = 0): Promise<Observed> {
  try {
    const seen = await asking;
    // Compares the whole text, so that half a message of one upstream before another message does not pass.
    const sight = seen.pings < pings ? 'something else' : (TEXTS[seen.text] ?? 'something else');
    const heard = pings > 0 ? `, pings: ${seen.pings}` : '';
    return {
      sight,
      how: `${seen.milliseconds} ms${heard}${sight === 'something else' ? `, ${quoted(seen.text)}` : ''}`,
    };
  } catch (error) {
    return sightOf(error);
  }
}

async function playScript(stage: Stage, { anthropic, bedrock = [], pings }: Script): Promise<Observed> {
  const user = newUser();
  stage.anthropic.reset();
  stage.bedrock.reset();
  // Warms up a connection, and ends a series of failures.
  await ask(stage, { isStream: true, user });
  stage.anthropic.script(...anthropic);
  stage.bedrock.script(...bedrock);
  return observe(ask(stage, { isStream: true, user }), pings);
}

/** A broken connection or a timeout of the client is not a reported error. */
function sightOf(error: unknown): Observed {
  const body = error instanceof Anthropic.APIError ? (error.error as { error?: { message?: unknown } }) : undefined;
  const words = body?.error?.message;
  if (typeof words === 'string') return { sight: 'reported as an error', how: quoted(words) };
  const isUnreadable = error instanceof Anthropic.AnthropicError && /JSON/.test(error.message);
  return { sight: isUnreadable ? 'refused by the SDK' : 'something else', how: quoted(String(error)) };
}

function quoted(text: string): string {
  return `“${text.replace(/\s+/g, ' ').slice(0, 90)}”`;
}
