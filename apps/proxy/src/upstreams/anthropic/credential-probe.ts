import type { AnswerHead, Credential, HeaderLines } from '@claude-proxy/upstream';
import { type Agent, fetch } from 'undici';

/** Without it a bearer of a subscription is answered 401. */
const OAUTH_BETA = 'oauth-2025-04-20';

export interface Probe {
  readonly baseUrl: string;
  readonly agent: Agent;
  /** Beside what the SDK sends. */
  readonly headers: HeaderLines;
  readonly signal: AbortSignal;
}

/**
 * What Anthropic answers to a list of one model, as its SDK asks for it: needs a valid credential and counts no token. The
 * body of the answer is not read.
 *
 * @throws Error where no answer came
 */
export async function probe(credential: Credential, { baseUrl, agent, headers, signal }: Probe): Promise<AnswerHead> {
  // Most processes never check a credential, so the SDK is loaded by the first one that does.
  const { Anthropic, APIError } = await import('@anthropic-ai/sdk');
  const isOAuth = credential.header === 'authorization';
  const client = new Anthropic({
    baseURL: baseUrl,
    // In the header in which the client sent it, and under the version that takes both: what is proven is what will be sent.
    apiKey: null,
    authToken: null,
    maxRetries: 0,
    defaultHeaders: {
      ...pairsOf(headers),
      'anthropic-version': '2023-06-01',
      [credential.header]: credential.value,
      ...(isOAuth && { 'anthropic-beta': OAUTH_BETA }),
    },
    fetch: (url, init) => headOnly(String(url), init, agent),
  });
  try {
    return headOf(await client.models.list({ limit: 1 }, { signal }).asResponse());
  } catch (error) {
    if (error instanceof APIError && error.status !== undefined && error.headers) return headOf(error);
    throw error;
  }
}

/** A redirect is not followed, since the credential must not go elsewhere; a body without end is not read. */
async function headOnly(url: string, init: RequestInit | undefined, dispatcher: Agent): Promise<Response> {
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
