/** What a script can tell apart. */
export const EXIT = {
  fine: 0,
  gatewayFailure: 1,
  usage: 2,
  notFound: 3,
  signIn: 4,
  unreachable: 5,
  degraded: 6,
  conflict: 7,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: readonly (readonly [ExitCode, string, string])[] = [
  [EXIT.fine, 'ok', 'The command did what it was asked to do.'],
  [EXIT.gatewayFailure, 'gateway_failure', 'The gateway failed, or the command did.'],
  [EXIT.usage, 'usage', 'The command line or a value in it is not valid.'],
  [EXIT.notFound, 'not_found', 'The named object does not exist, or the name is not unique.'],
  [EXIT.signIn, 'sign_in', 'The token is missing, wrong, or its role does not allow this.'],
  [EXIT.unreachable, 'unreachable', 'The gateway did not answer, or asked to try again later. A retry helps.'],
  [EXIT.degraded, 'degraded', 'Done, but something needs attention.'],
  [EXIT.conflict, 'conflict', 'The object was changed by another operator in the meantime, or is in the wrong state.'],
  [EXIT.interrupted, 'interrupted', 'Interrupted by Ctrl-C.'],
];

const NAMES = new Map<number, string>(EXIT_MEANINGS.map(([code, name]) => [code, name]));

export function exitName(code: ExitCode): string {
  return NAMES.get(code) ?? 'gateway_failure';
}
