import Anthropic from '@anthropic-ai/sdk';
import type { Behaviour } from '@claude-proxy/simulator';
import { ask, type Seen } from '../scene.js';
import type { Stage } from '../stage.js';

/** What may be seen of a fault: nothing, or a word about it. Bytes are relayed, so what is no event reaches the SDK. */
export type Sight = 'Anthropic answers' | 'Bedrock answers' | 'told as an error' | 'refused by the SDK' | 'is let go';

/** Something that goes wrong, and what has to be seen of it. */
export interface FaultScene {
  readonly title: string;
  readonly expected: Sight;
  play(stage: Stage): Promise<Observed>;
}

export interface Observed {
  readonly sight: Sight | 'something else';
  /** Time, words or circumstances, for people. */
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
  /** So many pings at least have to reach the client. */
  readonly pings?: number;
}

let users = 0;
/** Nobody is limited by the scene before. */
export const newUser = () => `user-${users++}`;

const TEXTS: Readonly<Record<string, Sight>> = {
  'Hello from Anthropic.': 'Anthropic answers',
  'Hello from Bedrock.': 'Bedrock answers',
};

/** A scene of one request: the upstreams do what is scripted, the official SDK asks once. */
export function scene(title: string, expected: Sight, script: Script): FaultScene {
  return { title, expected, play: (stage) => playScript(stage, script) };
}

/** Asks once and says what was seen. */
export async function observe(asking: Promise<Seen>, pings = 0): Promise<Observed> {
  try {
    const seen = await asking;
    // The whole text: half a message of one upstream before that of another is no answer.
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
  // Warms a connection up, and ends a row of failures.
  await ask(stage, { isStream: true, user });
  stage.anthropic.script(...anthropic);
  stage.bedrock.script(...bedrock);
  return observe(ask(stage, { isStream: true, user }), pings);
}

/** A connection that just breaks, or a client that waits too long, has been told nothing. */
function sightOf(error: unknown): Observed {
  const body = error instanceof Anthropic.APIError ? (error.error as { error?: { message?: unknown } }) : undefined;
  const words = body?.error?.message;
  if (typeof words === 'string') return { sight: 'told as an error', how: quoted(words) };
  const isUnreadable = error instanceof Anthropic.AnthropicError && /JSON/.test(error.message);
  return { sight: isUnreadable ? 'refused by the SDK' : 'something else', how: quoted(String(error)) };
}

function quoted(text: string): string {
  return `“${text.replace(/\s+/g, ' ').slice(0, 90)}”`;
}
