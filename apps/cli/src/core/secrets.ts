import { usageError } from './cli-error.js';

/** Keys and tokens of Anthropic, of this gateway and of ccflare. */
const SECRET = /(sk-ant-[\w-]{6,}|ccp-admin-[\w-]{6,}|ccp_[0-9A-Za-z]{6,}_?[0-9A-Za-z]{16,}|ccf_[0-9a-f]{16,})/g;

/** A shorter text is part of ordinary words. */
const MIN_TOKEN = 6;

/** @throws CliError for a command line with a secret in it: shells keep it in their history, and `ps` shows it */
export function expectNoSecret(args: readonly string[], stdinExample: string): void {
  if (!args.some((arg) => arg.search(SECRET) >= 0)) return;
  throw usageError(
    'The command line has a key in it. It is now in the history of the shell, and was visible to other users of this machine',
    `Rotate that key. Give a key by the standard input, a file or a variable instead: ${stdinExample}`,
  );
}

/** @param token a secret of any form, which is hidden, too */
export function withoutSecrets(text: string, token?: string): string {
  const known = token === undefined || token.length < MIN_TOKEN ? text : text.replaceAll(token, '[hidden]');
  return known.replace(SECRET, (secret) => `${secret.slice(0, 7)}[hidden]`);
}
