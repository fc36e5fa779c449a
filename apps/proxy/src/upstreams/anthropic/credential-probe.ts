import type { AnswerHead, Credential, HeaderLines } from '@claude-proxy/upstream';
import { type Dispatcher, fetch } from 'undici';

/** Without this beta, a bearer of a subscription gets a 401. */
const OAUTH_BETA = 'oauth-2025-04-20';

export interface Probe {
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  /** Added to the headers of the SDK. */
  readonly headers: HeaderLines;
  readonly signal: AbortSignal;
}

/**
 * Requests a list of one model through Anthropic's SDK: this needs a valid credential and counts no tokens. The
 * body of the answer is not read.
 *
 * @throws Error without an answer
 */
export async function probe(
  credential: Credential,
  { baseUrl, dispatcher, headers, signal }: Probe,
): Promise<AnswerHead> {
  // Most processes never check a credential, so the SDK is loaded on first use.
  const { Anthropic, APIError } = await import('@anthropic-ai/sdk');
  const isOAuth = credential.header === 'authorization';
  const client = new Anthropic({
    baseURL: baseUrl,
    // Uses the client's header, and a version that supports both headers, to check exactly what will be sent.
    apiKey: null,
    authToken: null,
    maxRetries: 0,
    defaultHeaders: {
      ...pairsOf(headers),
      'anthropic-version': '2023-06-01',
      [credential.header]: credential.value,
      ...(isOAuth && { 'anthropic-beta': OAUTH_BETA }),
    },
    fetch: (url, init) => headOnly(String(url), init, dispatcher),
  });
  try {
    return headOf(await client.models.list({ limit: 1 }, { signal }).asResponse());
  } catch (error) {
    if (error instanceof APIError && error.status !== undefined && error.headers) return headOf(error);
    throw error;
  }
}

/** Does not follow redirects, which could leak the credential, and does not read the body. */
async function headOnly(url: string, init: RequestInit | undefined, dispatcher: Dispatcher): Promise<Response> {
  const answer = await fetch(url, { ...(init as object), dispatcher, redirect: 'manual' });
  await answer.body?.cancel();
  return new Response(null, { status: answer.status, headers: [...answer.headers] });
}

function headOf({ status, headers }: { readonly status: number; readonly headers: Headers }): AnswerHead {
  return { status, headers: [...headers].flat() };
}

function pairsOf(lines: HeaderLines): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: lines.length / 2 }, (_, index) => [lines[2 * index]!, lines[2 * index + 1]!]),
  );
}
