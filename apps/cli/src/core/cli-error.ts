import { AdminApiError } from '@claude-proxy/admin-client';
import { EXIT, type ExitCode, exitName } from './exit-codes.js';

/** Ends the command with a message, the next step, and an exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exit: ExitCode,
    message: string,
    readonly hint: string | null = null,
    readonly status: number | null = null,
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** What `--json` prints. */
  get json() {
    const { exit, message, hint, status, requestId } = this;
    return { error: { code: exitName(exit), message, hint, status, request_id: requestId } };
  }
}

export const usageError = (message: string, hint: string | null = null) => new CliError(EXIT.usage, message, hint);

const SIGN_IN_HINT =
  'Sign in with `ccp login`, or set CCP_TOKEN to the admin token or to a client key of the role it needs.';

/** @param url address of the gateway, for the message of a failed connection */
export function cliErrorOf(error: unknown, url: string): CliError {
  if (error instanceof CliError) return error;
  if (!(error instanceof AdminApiError)) {
    const message = error instanceof Error ? error.message : String(error);
    return new CliError(EXIT.gatewayFailure, message);
  }
  const { status, message, requestId = null } = error;
  if (status === 0) return unreachable(url, message);
  const exit = exitOfStatus(status);
  return new CliError(exit, message, hintOf(exit, status), status, requestId);
}

export function unreachable(url: string, reason: string): CliError {
  return new CliError(
    EXIT.unreachable,
    `No gateway answers at ${url} (${reason})`,
    'Start one with `ccp serve`, or name another with --url, CCP_URL or `ccp login`. `ccp doctor` looks for the cause.',
  );
}

export function exitOfStatus(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.signIn;
  if (status === 404) return EXIT.notFound;
  if (status === 409 || status === 412) return EXIT.conflict;
  if (status === 408 || status === 429 || status === 502 || status === 503 || status === 504) return EXIT.unreachable;
  return status >= 400 && status < 500 ? EXIT.usage : EXIT.gatewayFailure;
}

function hintOf(exit: ExitCode, status: number): string | null {
  if (status === 401) return SIGN_IN_HINT;
  if (status === 403) return 'Use a token or key with that role: `ccp login`, or CCP_TOKEN.';
  if (status === 429) return 'Wait, then try again. `ccp login` replaces a wrong token.';
  if (exit === EXIT.conflict) return 'Read the object again, then repeat the command if the change is still wanted.';
  if (exit === EXIT.unreachable) return 'Try again in a moment.';
  return null;
}
