import { FilterPattern, type JsonPattern } from 'aws-cdk-lib/aws-logs';

/** A condition on a member of a JSON log line. */
export type Condition = { readonly member: string } & (
  | { readonly is: string }
  | { readonly isNot: string }
  | { readonly isThere: true }
  | { readonly isTrue: true }
);

/** One metric from log lines: the number of lines that meet any of the sets of conditions, or a number in them. */
export interface LineFigure {
  readonly name: string;
  readonly anyOf: readonly (readonly Condition[])[];
  /** The member that contains the number. Without it, lines are counted. */
  readonly valueMember?: string;
  readonly unit: 'Count' | 'Milliseconds' | 'Percent' | 'Usd';
}

const isMessages = { member: 'operation', is: 'messages' } as const;
const isPulse = { member: 'pulse', isTrue: true } as const;

/**
 * Without accounts Anthropic, one retry, and the fallback upstreams are four attempts. With accounts the home, two waits
 * and three further organizations come first. A pattern of CloudWatch has at most 1,024 characters, which are eleven.
 */
const MAX_ATTEMPTS = 10;

/**
 * From the line at the end of each exchange (`exchange.log.ts`), and from the `pulse` line of each task, once a minute.
 * No metric has a dimension: each user or model would be a metric of its own, with its own costs.
 */
export const FIGURES = {
  messages: { name: 'Messages', anyOf: [[isMessages]], unit: 'Count' },
  fallbackAnswers: {
    name: 'FallbackAnswers',
    anyOf: [
      [
        isMessages,
        { member: 'outcome', is: 'completed' },
        { member: 'upstream', isThere: true },
        { member: 'upstream', isNot: 'anthropic' },
      ],
    ],
    unit: 'Count',
  },
  fallbackCost: {
    name: 'FallbackCostUsd',
    anyOf: [
      [
        { member: 'cost_usd', isThere: true },
        { member: 'upstream', isThere: true },
        { member: 'upstream', isNot: 'anthropic' },
      ],
    ],
    valueMember: 'cost_usd',
    unit: 'Usd',
  },
  failedProbes: {
    name: 'FailedProbes',
    anyOf: [
      [
        { member: 'room', is: 'FallbackProbe' },
        { member: 'level', is: 'error' },
      ],
    ],
    unit: 'Count',
  },
  unanswered: {
    name: 'Unanswered',
    anyOf: [[isMessages, { member: 'outcome', is: 'refused' }, { member: 'fallback_reason', isThere: true }]],
    unit: 'Count',
  },
  brokenAnswers: { name: 'BrokenAnswers', anyOf: [[{ member: 'outcome', is: 'broken' }]], unit: 'Count' },
  bedrockThrottles: {
    name: 'BedrockThrottles',
    anyOf: Array.from({ length: MAX_ATTEMPTS }, (_, position) => [
      { member: `attempts[${position}].upstream`, is: 'bedrock' },
      { member: `attempts[${position}].failure`, is: 'rate_limited' },
    ]),
    unit: 'Count',
  },
  firstByte: {
    name: 'FirstByte',
    anyOf: [[isMessages, { member: 'is_stream', isTrue: true }, { member: 'outcome', is: 'completed' }]],
    valueMember: 'first_byte_ms',
    unit: 'Milliseconds',
  },
  inFlight: { name: 'InFlight', anyOf: [[isPulse]], valueMember: 'in_flight', unit: 'Count' },
  bufferedPercent: { name: 'BufferedPercent', anyOf: [[isPulse]], valueMember: 'buffered_percent', unit: 'Percent' },
  waitingExchanges: { name: 'WaitingExchanges', anyOf: [[isPulse]], valueMember: 'waiting_exchanges', unit: 'Count' },
  storeFailures: { name: 'StoreFailures', anyOf: [[isPulse]], valueMember: 'store_failures', unit: 'Count' },
  lostExchanges: { name: 'LostExchanges', anyOf: [[isPulse]], valueMember: 'lost_exchanges', unit: 'Count' },
} as const satisfies Record<string, LineFigure>;

export type FigureName = keyof typeof FIGURES;

export function patternOf({ anyOf }: LineFigure): JsonPattern {
  return FilterPattern.any(...anyOf.map((conditions) => FilterPattern.all(...conditions.map(clauseOf))));
}

function clauseOf(condition: Condition): JsonPattern {
  const path = `$.${condition.member}`;
  if ('is' in condition) return FilterPattern.stringValue(path, '=', condition.is);
  if ('isNot' in condition) return FilterPattern.stringValue(path, '!=', condition.isNot);
  if ('isTrue' in condition) return FilterPattern.booleanValue(path, true);
  return FilterPattern.exists(path);
}
