import type { Failure, HeaderLines } from '@claude-proxy/upstream';

/** What a trace reads of a request that goes to an upstream. Its headers are replaced. */
export interface TracedMessage {
  readonly headers: HeaderLines;
  readonly maxTokens?: number;
}

/** How an attempt has gone, as far as its span says. */
export interface TracedAttempt {
  readonly status?: number;
  readonly failure?: Failure;
  readonly isDrill?: boolean;
  readonly account?: string;
  readonly durationMs: number;
}

/** The span of a request, and the spans of its attempts, which follow each other. */
export interface RequestTrace {
  readonly traceId: string;
  readonly spanId: string;

  /** Begins the span of an attempt. @returns the request to send, whose headers name that span */
  attempt<Sent extends TracedMessage>(upstream: string, request: Sent): Sent;

  /** The attempt that began last has failed, or its answer has begun. */
  attempted(attempt: TracedAttempt): void;
}
