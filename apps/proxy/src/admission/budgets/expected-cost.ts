import { countOf, type Usage } from '@claude-proxy/messages-api';

/** English text and code have 3.5 to 4.5 bytes per token; fewer means more tokens, so the cost is not underestimated. */
const BYTES_PER_TOKEN = 3.2;
/** A token has at least one byte. */
const WORST_BYTES_PER_TOKEN = 1;
/** Before an answer of this user and model is known. Claude Code asks for 128,000 and uses a few thousand. */
const DEFAULT_OUTPUT = 4_096;
const REMEMBERED_ANSWERS = 16;
const MAX_REMEMBERED = 10_000;
/** The life of a prompt cache. */
const CACHED_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;

export interface AskedFor {
  readonly user: string;
  readonly model: string;
  readonly bytes: number;
  readonly maxTokens: number;
  readonly speed: string | undefined;
}

interface Memory {
  readonly outputs: number[];
  inputTokens: number;
  hasHourWrites: boolean;
  geo: string | undefined;
  atMs: number;
}

/**
 * The expected usage of requests, from earlier answers to the same user by the same model: the longest of the last
 * outputs, and what of the input was sent before and is cached by now.
 */
export class ExpectedCosts {
  private readonly memories = new Map<string, Memory>();

  expected({ user, model, bytes, maxTokens, speed }: AskedFor, nowMs: number): Usage {
    const memory = this.memories.get(`${user} ${model}`);
    const input = Math.ceil(bytes / BYTES_PER_TOKEN);
    const ageMs = memory ? nowMs - memory.atMs : Number.POSITIVE_INFINITY;
    const isCached = ageMs < (memory?.hasHourWrites ? HOUR_MS : CACHED_MS);
    const read = memory && isCached ? Math.min(memory.inputTokens, input) : 0;
    const output = memory ? Math.max(...memory.outputs) : DEFAULT_OUTPUT;
    return usageOf({ write: input - read, read, output: Math.min(maxTokens, output), speed, memory });
  }

  /** The most that a request can use: every byte is a token that is written to the cache for an hour. */
  worst({ bytes, maxTokens, speed }: AskedFor): Usage {
    const memory = { hasHourWrites: true, geo: 'us' };
    return usageOf({ write: Math.ceil(bytes / WORST_BYTES_PER_TOKEN), read: 0, output: maxTokens, speed, memory });
  }

  learn(user: string, model: string, usage: Usage, nowMs: number): void {
    const key = `${user} ${model}`;
    const outputs = [...(this.memories.get(key)?.outputs ?? []), countOf(usage.output_tokens)];
    const written = countOf(usage.cache_creation_input_tokens);
    this.memories.delete(key);
    this.memories.set(key, {
      outputs: outputs.slice(-REMEMBERED_ANSWERS),
      inputTokens: written + countOf(usage.cache_read_input_tokens),
      hasHourWrites: countOf(usage.cache_creation?.ephemeral_1h_input_tokens) > 0,
      geo: usage.inference_geo ?? undefined,
      atMs: nowMs,
    });
    if (this.memories.size > MAX_REMEMBERED) this.memories.delete(this.memories.keys().next().value!);
  }
}

interface Parts {
  readonly write: number;
  readonly read: number;
  readonly output: number;
  readonly speed: string | undefined;
  readonly memory: Pick<Memory, 'hasHourWrites' | 'geo'> | undefined;
}

function usageOf({ write, read, output, speed, memory }: Parts): Usage {
  const hour = memory?.hasHourWrites ? write : 0;
  return {
    input_tokens: 0,
    output_tokens: output,
    cache_creation_input_tokens: write,
    cache_read_input_tokens: read,
    cache_creation: { ephemeral_1h_input_tokens: hour, ephemeral_5m_input_tokens: write - hour },
    ...(speed === 'fast' && { speed: 'fast' }),
    ...(memory?.geo !== undefined && { inference_geo: memory.geo }),
  } as Usage;
}

/** Everything but reads of the cache, as rate limits of Anthropic count. */
export function countedTokens(usage: Usage): number {
  return countOf(usage.input_tokens) + countOf(usage.cache_creation_input_tokens) + countOf(usage.output_tokens);
}
