/** What an operator should hear of. Each type is one kind of occurrence. */
export const OPERATOR_EVENT_TYPES = [
  'budget.reached',
  'limit.reached',
  'account.out',
  'drill.started',
  'loop.detected',
  'key.revoked',
  'credential.seen',
] as const;
export type OperatorEventType = (typeof OPERATOR_EVENT_TYPES)[number];

export interface OperatorEvent {
  /** Every task gives the same id to the same occurrence, so a receiver can drop repetitions. */
  readonly id: string;
  readonly type: OperatorEventType;
  /** Epoch milliseconds. */
  readonly at: number;
  /** What it is about: `user:alice`, `team:core`, `key:ID`, `account:NAME` or `everybody`. */
  readonly subject: string;
  /** One sentence for people. */
  readonly text: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
}
