export const POLICIES = ['fast', 'balanced', 'thrifty'] as const;
export type Policy = (typeof POLICIES)[number];

/** What is known when the home of a session is closed. */
export interface Closed {
  readonly policy: Policy;
  /** Until the home opens; undefined if that is not known. */
  readonly seconds: number | undefined;
  /** What is left of the time that this request may wait. */
  readonly secondsLeft: number;
  /** A burst limit: the home has room and wants a pause. */
  readonly isBurst: boolean;
  /** Another account can serve the request. */
  readonly canMove: boolean;
  /** Undefined if the session is not warm, or its price is not known. */
  readonly moveUsd: number | undefined;
  readonly waitSavesUsd: number;
}

/**
 * Whether a request waits for its home, as a table. The first row that matches counts:
 *
 * | situation                                            | step                                     |
 * |------------------------------------------------------|------------------------------------------|
 * | the end is not known, or is later than it may wait   | move                                     |
 * | no other account can serve it, or a burst limit      | wait                                     |
 * | the session is not warm                              | move                                     |
 * | `fast`                                               | move                                     |
 * | `thrifty`                                            | wait                                     |
 * | `balanced`, and a move costs more than `WAIT_SAVES_USD` | wait                                  |
 * | `balanced` otherwise                                 | move                                     |
 */
export function stepWhenClosed(closed: Closed): 'wait' | 'move' {
  const { policy, seconds, secondsLeft, moveUsd } = closed;
  if (seconds === undefined || seconds > secondsLeft) return 'move';
  if (!closed.canMove || closed.isBurst) return 'wait';
  if (moveUsd === undefined || policy === 'fast') return 'move';
  return policy === 'thrifty' || moveUsd > closed.waitSavesUsd ? 'wait' : 'move';
}
