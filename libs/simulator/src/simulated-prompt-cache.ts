import { createHash } from 'node:crypto';
import { tokensOfBytes } from './answer-usage.js';
import type { RecordedRequest } from './http-recording.js';

const TTL_MS = 5 * 60_000;
const LONG_TTL_MS = 60 * 60_000;

/** What a request finds in the cache of its workspace. */
export interface CacheLookup {
  readonly isCaching: boolean;
  readonly readTokens: number;
  /** The request is answered: its whole prompt is in the cache now. */
  keep(): void;
}

/**
 * The prompt caches of workspaces. A prompt is read as far as it was sent before with the same workspace and model,
 * within its lifetime; every read begins the lifetime anew.
 */
export class SimulatedPromptCache {
  private readonly ends = new Map<string, number>();

  lookUp(workspace: string, model: string, request: RecordedRequest): CacheLookup {
    if (!request.body.includes('"cache_control"')) return { isCaching: false, readTokens: 0, keep() {} };
    const ttlMs = request.body.includes('"ttl":"1h"') ? LONG_TTL_MS : TTL_MS;
    const nowMs = Date.now();
    const prefixes = prefixesOf(request);
    const names = prefixes.map(({ digest }) => `${workspace}/${model}/${digest}`);
    const hit = names.findLastIndex((name) => (this.ends.get(name) ?? 0) > nowMs);
    const keep = () => {
      for (const index of [hit, names.length - 1]) if (index >= 0) this.ends.set(names[index]!, nowMs + ttlMs);
    };
    return { isCaching: true, readTokens: prefixes[hit]?.tokens ?? 0, keep };
  }
}

/** Tools and system prompt, then one more message each. Where a cache breakpoint is does not belong to the content. */
function prefixesOf({ json = {} }: RecordedRequest): { readonly digest: string; readonly tokens: number }[] {
  const messages = Array.isArray(json.messages) ? json.messages : [];
  const parts = [[json.tools ?? null, json.system ?? null], ...messages].map(contentOf);
  const hash = createHash('sha256');
  let bytes = 0;
  return parts.map((part) => {
    hash.update(part);
    bytes += part.length;
    return { digest: hash.copy().digest('hex').slice(0, 32), tokens: tokensOfBytes(bytes) };
  });
}

function contentOf(part: unknown): string {
  return JSON.stringify(part, (name, value) => (name === 'cache_control' ? undefined : value));
}
