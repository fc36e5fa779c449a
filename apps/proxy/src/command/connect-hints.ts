/** What a person types next, for each kind of client. */
export function connectHints(url: string, hasOperatorCredential: boolean, hasAwsCredentials: boolean): string {
  const key = hasOperatorCredential ? 'any-key' : 'YOUR_ANTHROPIC_API_KEY';
  return `
Connect
  Claude Code      ANTHROPIC_BASE_URL=${url}/user/YOUR_NAME claude
  Anthropic SDKs   base URL ${url}/user/YOUR_NAME, key ${key}
  OpenAI tools     base URL ${url}/user/YOUR_NAME/v1, key ${key}, model opus, sonnet or haiku
${missing(hasOperatorCredential, hasAwsCredentials)}`;
}

function missing(hasOperatorCredential: boolean, hasAwsCredentials: boolean): string {
  const lines = [
    hasOperatorCredential
      ? ''
      : 'No ANTHROPIC_API_KEY is set: every client has to bring its own key, as Claude Code does. Set it to serve clients that have none.',
    hasAwsCredentials
      ? ''
      : 'AWS Bedrock is not available as a fallback. Anthropic alone answers, and its 429s reach you.',
  ].filter((line) => line !== '');
  return lines.length > 0 ? `\n${lines.join('\n')}\n` : '';
}
