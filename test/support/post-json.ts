/** The headers that every client of the Messages API sends. */
export const CLIENT_HEADERS = {
  'x-api-key': 'sk-ant-api03-caller',
  'content-type': 'application/json',
  'anthropic-version': '2023-06-01',
} as const;

/** The smallest valid body. */
export const MESSAGE = {
  model: 'claude-opus-5-5',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'hello' }],
} as const;

export function postJson(url: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: CLIENT_HEADERS, body: JSON.stringify(body), ...init });
}
