import type { RequestDetail } from '@claude-proxy/admin-api';
import { gateway } from '../api/gateway.js';
import { urlOf } from '../api/gateway-address.js';

const PATIENCE_MS = 15_000;
const MODEL = 'claude-haiku-5-5';
/** Where the credential of the client does not matter. */
const PLACEHOLDER = 'any-key';
const RETRY_MS = 300;
const TRIES = 5;

/** What a client of this user would get now. */
export interface Finding {
  readonly ms: number;
  /** Undefined if the gateway did not answer at all. */
  readonly status: number | undefined;
  readonly upstream: string | null;
  /** In the words of the gateway or of the upstream. */
  readonly problem: string | undefined;
  /** The record of the request; undefined where it may not be read. */
  readonly detail: RequestDetail | undefined;
}

/**
 * Counts the tokens of one word, as a client of this user would. It is free of charge, goes the way of every request, and so
 * shows which upstream answers with which credential.
 */
export async function checkConnection(user: string, key: string): Promise<Finding> {
  const prefix = user === '' ? '' : `user/${encodeURIComponent(user)}/`;
  const startedAt = performance.now();
  try {
    const response = await fetch(urlOf(`${prefix}v1/messages/count_tokens`), {
      method: 'POST',
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        ...(key.startsWith('sk-ant-oat') ? { authorization: `Bearer ${key}` } : { 'x-api-key': key || PLACEHOLDER }),
      },
      body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'Hello' }] }),
    });
    const ms = performance.now() - startedAt;
    const problem = response.ok ? undefined : problemIn(await response.text(), response.status);
    const id = response.headers.get('x-claude-proxy-exchange');
    return {
      ms,
      status: response.status,
      upstream: response.headers.get('x-claude-proxy-upstream'),
      problem,
      detail: id === null ? undefined : await detailOf(id),
    };
  } catch (error) {
    const ms = performance.now() - startedAt;
    return { ms, status: undefined, upstream: null, problem: (error as Error).message, detail: undefined };
  }
}

/** A request is on record a moment after its last byte. */
async function detailOf(id: string): Promise<RequestDetail | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const detail = await gateway.request(id).catch(() => undefined);
    if (detail) return detail;
    await new Promise((resolve) => window.setTimeout(resolve, RETRY_MS));
  }
  return undefined;
}

function problemIn(text: string, status: number): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return error?.message ?? `status ${status}`;
  } catch {
    return `status ${status}`;
  }
}
