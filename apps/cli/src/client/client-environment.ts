import { usageError } from '../core/cli-error.js';

/** What Claude Code, and programs with Anthropic's SDK, read. */
export type ClientVariables = Readonly<Record<string, string>>;

const USER = /^[\w.@-]{1,128}$/;
/** Clients that must send a credential get this one; the gateway ignores it. */
const PLACEHOLDER = 'any-key';

export interface ClientSetup {
  readonly url: string;
  readonly user: string | undefined;
  /** A client key of the gateway; without one, the client brings its own credential of Anthropic. */
  readonly clientKey: string | undefined;
  /** The client has no credential of Anthropic: the gateway answers with its own. */
  readonly usesPool: boolean;
}

/** @throws CliError for a user name that does not fit into the path of the address */
export function clientVariables({ url, user, clientKey, usesPool }: ClientSetup): ClientVariables {
  const base = user === undefined ? url : `${url}/user/${encodeURIComponent(expectUser(user))}`;
  const token = clientKey ?? (usesPool ? PLACEHOLDER : undefined);
  return { ANTHROPIC_BASE_URL: base, ...(token !== undefined && { ANTHROPIC_AUTH_TOKEN: token }) };
}

function expectUser(user: string): string {
  if (USER.test(user)) return user;
  throw usageError(`"${user}" is not a user name: 1 to 128 letters, digits or "._@-" are allowed`);
}
