import { randomUUID } from 'node:crypto';
import type { Usage } from '@claude-proxy/messages-api';
import type { Failure, Operation } from '@claude-proxy/upstream';
import { withMaskedKeys } from './masked-keys.js';

/** Under which every answer tells the id of its exchange. */
export const EXCHANGE_ID_HEADER = 'x-claude-proxy-exchange';

/** Names what an answer does without. */
export const LEFT_OUT_HEADER = 'x-claude-proxy-dropped';

/** One try at one upstream. */
export interface Attempt {
  readonly upstream: string;
  /** The HTTP status, where one came. */
  readonly status?: number;
  readonly failure?: Failure;
  /** For people; holds no secret. */
  readonly reason?: string;
  /** True when the limit was simulated and nobody was asked. */
  readonly isDrill?: boolean;
  /** Parts of the request that the answer does without, by name. */
  readonly leftOut?: readonly string[];
  readonly durationMs: number;
}

/**
 * How an exchange ended: `completed` answered whole; `refused` by us or by an upstream; `aborted` the caller left;
 * `broken` the answer was cut after it had begun.
 */
export type Outcome = 'completed' | 'refused' | 'aborted' | 'broken';

/** Everything that is known about one request of a caller and its answer. Filled while the request walks its way. */
export class Exchange {
  readonly startedAt = Date.now();
  /** Holds the time of its start: the request log finds an exchange by its id alone. */
  readonly id = newExchangeId(this.startedAt);
  /** For the records: the path that an upstream gets may hold what is masked here. */
  readonly path: string;
  private readonly startedTicks = performance.now();

  private maskedModel: string | undefined;
  isStream = false;
  requestBytes = 0;
  attempts: Attempt[] = [];
  /** Time until somebody was asked. */
  queueMs: number | undefined;
  /** Who gave the answer that the caller got. */
  upstream: string | undefined;
  /** Why the first upstream of the chain is not the one that answered. */
  fallbackReason: string | undefined;
  /** Another upstream than the first choice answered. */
  isFallback = false;
  isDrill = false;
  credentialFingerprint: string | undefined;
  /** Anthropic was asked with the operator's credential: the caller brought none. */
  hasOperatorCredential = false;

  status = 0;
  answerBytes = 0;
  firstByteMs: number | undefined;
  durationMs = 0;
  usage: Usage | undefined;
  isOutputEstimated = false;
  /** The row of the price list, where it is not the upstream's name. */
  billedAs: string | undefined;
  /** Null where the price is not known, undefined where nothing was used. */
  costNanoUsd: number | null | undefined;
  /** The model named in the answer, where it differs from what was asked. */
  answeredModel: string | undefined;
  stopReason: string | undefined;
  upstreamRequestId: string | undefined;
  outcome: Outcome = 'completed';
  errorMessage: string | undefined;

  constructor(
    readonly user: string,
    readonly operation: Operation | 'relay',
    path: string,
  ) {
    this.path = withMaskedKeys(path);
  }

  /** Of the request, as the client spelled it; people also put keys there. */
  get model(): string | undefined {
    return this.maskedModel;
  }

  set model(name: string | undefined) {
    this.maskedModel = name === undefined ? undefined : withMaskedKeys(name);
  }

  /** Parts of the request that the answer does without, by name. */
  get leftOut(): readonly string[] {
    return this.attempts.at(-1)?.leftOut ?? [];
  }

  /** Milliseconds since the request came in, on a clock that is never set back. */
  elapsedMs(): number {
    return performance.now() - this.startedTicks;
  }
}

/** Sorts by time: 9 digits of milliseconds in base 36, then 60 random bits of a UUID (Node draws those ahead, many at once). */
function newExchangeId(startedAt: number): string {
  const random = randomUUID();
  return `exc_${startedAt.toString(36).padStart(9, '0')}${random.slice(0, 8)}${random.slice(9, 13)}${random.slice(-3)}`;
}
