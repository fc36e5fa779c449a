export interface Connection {
  /** With the user's path, without a slash at the end. */
  readonly baseUrl: string;
  /** The gateway asks Anthropic with its own key; clients send a placeholder because they must send something. */
  readonly isKeyShared: boolean;
}

/** A placeholder where the credential of the client does not matter; see `PLACEHOLDER_CREDENTIALS`. */
const PLACEHOLDER = 'any-key';
const MODEL = 'claude-sonnet-5-5';

/** The rule of the gateway for user ids in the path. */
const USER_ID = /^[\p{L}\p{M}\p{N}._@+-]{1,128}$/u;

export function isUserId(text: string): boolean {
  return USER_ID.test(text.normalize('NFC')) && text !== '.' && text !== '..';
}

export function baseUrlOf(gatewayAddress: string, user: string): string {
  // `@` and `+` are valid in a path as they are, and people read this address.
  const segment = encodeURIComponent(user).replaceAll('%40', '@').replaceAll('%2B', '+');
  return user === '' ? gatewayAddress : `${gatewayAddress}/user/${segment}`;
}

export function settingsFile({ baseUrl, isKeyShared }: Connection): string {
  const env = { ANTHROPIC_BASE_URL: baseUrl, ...(isKeyShared ? { ANTHROPIC_AUTH_TOKEN: PLACEHOLDER } : {}) };
  return JSON.stringify({ env }, null, 2);
}

export function shell({ baseUrl, isKeyShared }: Connection): string {
  const lines = [`export ANTHROPIC_BASE_URL=${baseUrl}`];
  if (isKeyShared) lines.push(`export ANTHROPIC_AUTH_TOKEN=${PLACEHOLDER}`);
  return [...lines, 'claude'].join('\n');
}

export function typescript({ baseUrl, isKeyShared }: Connection): string {
  return `import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({
  baseURL: '${baseUrl}',${isKeyShared ? `\n  apiKey: '${PLACEHOLDER}',` : ''}
});

const message = await client.messages.create({
  model: '${MODEL}',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hello' }],
});`;
}

export function python({ baseUrl, isKeyShared }: Connection): string {
  return `from anthropic import Anthropic

client = Anthropic(
    base_url="${baseUrl}",${isKeyShared ? `\n    api_key="${PLACEHOLDER}",` : ''}
)

message = client.messages.create(
    model="${MODEL}",
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
)`;
}

export function curl({ baseUrl, isKeyShared }: Connection): string {
  return `curl ${baseUrl}/v1/messages \\
  -H "x-api-key: ${isKeyShared ? PLACEHOLDER : '$ANTHROPIC_API_KEY'}" \\
  -H "anthropic-version: 2023-06-01" \\
  -H "content-type: application/json" \\
  -d '{"model":"${MODEL}","max_tokens":1024,
       "messages":[{"role":"user","content":"Hello"}]}'`;
}
