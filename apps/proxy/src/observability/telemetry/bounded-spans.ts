import { type Context, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TelemetryCounts } from './telemetry-counts.js';

/** Counts what the SDK's own batches drop without a trace. Its queue has the same limit, and so never reaches it. */
export class BoundedSpans implements SpanProcessor {
  private waiting = 0;

  constructor(
    private readonly batches: SpanProcessor,
    private readonly maxWaiting: number,
    private readonly counts: TelemetryCounts,
  ) {}

  /** A batch has left the queue. */
  taken(spans: number): void {
    this.waiting -= spans;
  }

  onStart(span: Span, parent: Context): void {
    this.batches.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.waiting >= this.maxWaiting) {
      this.counts.spans.dropped += 1;
      return;
    }
    this.waiting += 1;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }
}
