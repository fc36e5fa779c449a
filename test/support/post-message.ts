import type { RunningGateway } from './start-gateway.js';

export interface Posting {
  readonly user?: string;
  readonly model?: string;
  readonly isStream?: boolean;
  /** Null sends no key. */
  readonly apiKey?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly upstream: string | null;
  readonly fallback: string | null;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends one request and returns the whole answer. */
export async function postMessage({ url }: Pick<RunningGateway, 'url'>, posting: Posting = {}): Promise<Answered> {
  const { user = 'alice', model = 'claude-opus-5-5', isStream = false, apiKey = 'sk-ant-test-1', signal } = posting;
  const response = await fetch(`${url}/user/${user}/v1/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'anthropic-version': '2023-06-01',
      ...(apiKey === null ? {} : { 'x-api-key': apiKey }),
      ...posting.headers,
    },
    body: JSON.stringify({
      model,
      max_tokens: 64,
      ...(isStream ? { stream: true } : {}),
      messages: [{ role: 'user', content: 'hello' }],
      ...posting.body,
    }),
    signal: signal ?? null,
  });
  return {
    status: response.status,
    upstream: response.headers.get('x-claude-proxy-upstream'),
    fallback: response.headers.get('x-claude-proxy-fallback'),
    headers: response.headers,
    text: await response.text(),
  };
}
