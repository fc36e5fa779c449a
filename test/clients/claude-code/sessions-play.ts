import type { CacheBreakKind, SessionDetail, SessionRequest } from '@claude-proxy/admin-api';
import { PromptCache, type RecordedRequest, rateLimited } from '@claude-proxy/simulator';
import { Recorder } from '../../../apps/proxy/src/recording/recorder.js';
import { type OwnStage, setStage } from '../../drills/stage.js';
import type { InstalledClaude } from './installed-claude.js';
import { orderOf, playedModel } from './played-model.js';

const ADMIN_TOKEN = 'admin-token-of-the-sessions-play';
const SKIP = '--dangerously-skip-permissions';
const MINUTE_MS = 60_000;
const HOUR_SECONDS = 3_600;
const CALM_PROMPTS = 4;
const LINES = 1_500;
const WITHOUT_TOOL = ['--disallowedTools', 'Write'];
/** Fewer tools and another system prompt. Further instructions are messages, so that they break no cache. */
const BARE = ['--bare'];

/** A prompt in the same session, after a change that costs it the prompt cache. */
interface Change {
  readonly kind: CacheBreakKind;
  readonly flags?: readonly string[];
  prepare?(stage: OwnStage): void;
}

/**
 * One session of Claude Code: ten and more turns without a cache break, then each frequent reason once. Returns what went
 * wrong, one line each: a break where nothing had changed, and a reason that is missing or unknown.
 */
export async function playSessions(claude: InstalledClaude): Promise<string[]> {
  const stage = await setStage({ ADMIN_TOKEN, RETRY_THRESHOLD_SECONDS: '0' });
  const realNow = Date.now;
  try {
    withCaches(stage);
    const play = new SessionPlay(claude, stage);
    const faults: string[] = [];
    for (let prompt = 0; prompt < CALM_PROMPTS; prompt += 1) faults.push(...calmFaults(await play.prompt()));
    for (const change of changesFor(realNow)) {
      change.prepare?.(stage);
      faults.push(...reasonFaults(change, await play.prompt(change.flags)));
    }
    return faults;
  } finally {
    Date.now = realNow;
    await stage.close();
  }
}

class SessionPlay {
  private id: string | undefined;
  private seen = 0;

  constructor(
    private readonly claude: InstalledClaude,
    private readonly stage: OwnStage,
  ) {}

  /** The requests of one prompt: two calls of a tool, and the text after them. */
  async prompt(flags: readonly string[] = []): Promise<readonly SessionRequest[]> {
    // So long that its loss is a break.
    const call = (from: number) => ({
      name: 'Bash',
      input: { command: `seq ${from} ${from + LINES}`, description: 'run it' },
    });
    const order = orderOf({ calls: [call(this.seen), call(this.seen + 1)], text: 'Both ran.' });
    const resumed = this.id === undefined ? [] : ['--resume', this.id];
    const { events } = await this.claude.run(`${this.stage.url}/user/alice`, order, [SKIP, ...resumed, ...flags]);
    this.id ??= events.find(({ session_id }) => session_id !== undefined)?.session_id;
    await this.stage.app.get(Recorder).flush();
    const response = await fetch(`${this.stage.url}/api/sessions/${this.id}`, {
      headers: { 'x-admin-token': ADMIN_TOKEN },
    });
    const { items } = (await response.json()) as SessionDetail;
    const added = items.slice(this.seen);
    this.seen = items.length;
    return added;
  }
}

/** Each service has a prompt cache of its own. */
function withCaches({ anthropic, bedrock }: OwnStage): void {
  const cache = new PromptCache();
  const cached = (owner: string) => (request: RecordedRequest) => {
    const planned = playedModel(request);
    const usage = cache.usageOf(request, `${owner} ${request.model}`);
    return planned.kind === 'answer' ? { ...planned, options: { ...planned.options, usage } } : planned;
  };
  anthropic.setDefault(cached('anthropic'));
  bedrock.setDefault(cached('bedrock'));
}

function changesFor(realNow: () => number): readonly Change[] {
  return [
    { kind: 'tools', flags: WITHOUT_TOOL },
    { kind: 'system', flags: BARE },
    {
      kind: 'expired',
      flags: BARE,
      // Longer than the longest life of an entry.
      prepare: () => {
        Date.now = () => realNow() + 61 * MINUTE_MS;
      },
    },
    {
      kind: 'upstream',
      flags: BARE,
      prepare: ({ anthropic }) => anthropic.setDefault(rateLimited({ retryAfterSeconds: HOUR_SECONDS })),
    },
  ];
}

function calmFaults(requests: readonly SessionRequest[]): string[] {
  const broken = breaksOf(requests).map((sentence) => `a break where nothing had changed: ${sentence}`);
  return requests.length === 0 ? ['a prompt has no request in its session'] : broken;
}

/** One break, whose reason or further change is the wanted one. */
function reasonFaults({ kind }: Change, requests: readonly SessionRequest[]): string[] {
  const breaks = requests.flatMap(({ prompt_cache }) => prompt_cache?.cache_break ?? []);
  const kinds = breaks.flatMap(({ reason, also }) => [reason.kind, ...also]);
  if (breaks.length === 1 && kinds.includes(kind)) return [];
  return [`the reason should be "${kind}" once: ${breaksOf(requests).join('; ') || 'no break'}`];
}

function breaksOf(requests: readonly SessionRequest[]): string[] {
  return requests.flatMap(({ prompt_cache }) => prompt_cache?.cache_break?.sentence ?? []);
}
