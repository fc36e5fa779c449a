import { type HeaderLines, headersWhere } from '@claude-proxy/upstream';
import { type Context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { Exchange, FinishedExchange } from '../../exchange/exchange.js';
import type { RequestTrace, TracedAttempt, TracedMessage } from '../../exchange/request-trace.js';
import {
  answerAttributes,
  errorTypeOfAnswer,
  errorTypeOfRequest,
  failureAttributes,
  modelNameOf,
  operationNameOf,
  providerOf,
  requestAttributes,
  spanNameOf,
} from './span-attributes.js';

/** What an upstream gets of a trace: never the `tracestate` and the `baggage` of the caller, which may name its users. */
const OF_THE_TRACE = new Set(['traceparent', 'tracestate', 'baggage']);
/** The caller left: nothing has failed. */
const ABORTED = 'aborted';

export type ReadTraceParent = (context: Context) => string | undefined;

interface OpenAttempt {
  readonly span: Span;
  answered?: TracedAttempt;
}

export interface TraceOptions {
  readonly tracer: Tracer;
  /** That of the caller, where it has sent one. */
  readonly parent: Context;
  /** The header for an upstream; undefined: upstreams get none. */
  readonly traceParentOf: ReadTraceParent | undefined;
  readonly method: string;
}

/** The spans of one request. */
export class TracedRequest implements RequestTrace {
  private readonly span: Span;
  private readonly context: Context;
  private open: OpenAttempt | undefined;

  constructor(
    private readonly exchange: Exchange,
    private readonly options: TraceOptions,
  ) {
    const { tracer, parent, method } = options;
    const attributes = { 'http.request.method': method, 'url.scheme': 'http' };
    const start = { kind: SpanKind.SERVER, startTime: exchange.startedAt, attributes };
    this.span = tracer.startSpan(spanNameOf(exchange.operation, undefined, method), start, parent);
    this.context = trace.setSpan(parent, this.span);
  }

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get spanId(): string {
    return this.span.spanContext().spanId;
  }

  attempt<Sent extends TracedMessage>(upstream: string, request: Sent): Sent {
    const { context } = this;
    const { tracer, traceParentOf } = this.options;
    const span = tracer.startSpan(
      this.name,
      { kind: SpanKind.CLIENT, startTime: this.now(), attributes: this.startAttributes(upstream, request) },
      context,
    );
    // One that was not sent, and so has no end, is left out.
    this.open = { span };
    const parent = traceParentOf?.(trace.setSpan(context, span));
    return withHeaders(request, headersOf(request.headers, parent));
  }

  attempted(attempt: TracedAttempt): void {
    if (!this.open) return;
    if (attempt.failure === undefined) {
      this.open.answered = attempt;
      return;
    }
    const { span } = this.open;
    this.open = undefined;
    span.setAttributes(failureAttributes(attempt));
    if (attempt.failure !== ABORTED) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(this.now());
  }

  /** Ends all spans. */
  finish(exchange: FinishedExchange): void {
    const endedAt = exchange.startedAt + exchange.durationMs;
    if (this.open) this.endAnswer(this.open, exchange, endedAt);
    const { span } = this;
    if (span.isRecording()) {
      span.updateName(this.name);
      span.setAttributes(requestAttributes(exchange));
      if (errorTypeOfRequest(exchange) !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(endedAt);
  }

  private endAnswer({ span, answered }: OpenAttempt, exchange: FinishedExchange, endedAt: number): void {
    // A request of which no answer is known was not sent, except for those that are relayed: they have no attempts.
    if (!answered && exchange.operation !== 'relay') return;
    if (span.isRecording()) {
      const error = errorTypeOfAnswer(exchange);
      span.setAttributes(answerAttributes(exchange, answered));
      if (error !== undefined && error !== ABORTED) span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(endedAt);
  }

  private get name(): string {
    const { operation, model } = this.exchange;
    return spanNameOf(operation, model, this.options.method);
  }

  private startAttributes(upstream: string, { maxTokens }: TracedMessage) {
    const { operation, model, isStream } = this.exchange;
    const operationName = operationNameOf(operation);
    if (operationName === undefined) {
      return { 'http.request.method': this.options.method, 'claude_proxy.upstream': upstream };
    }
    return {
      'gen_ai.operation.name': operationName,
      'gen_ai.provider.name': providerOf(upstream),
      'gen_ai.request.model': modelNameOf(model) ?? 'unknown',
      ...(maxTokens !== undefined && { 'gen_ai.request.max_tokens': maxTokens }),
      ...(isStream && { 'gen_ai.request.stream': true }),
      'claude_proxy.upstream': upstream,
    };
  }

  /** On the clock of the exchange, so that its spans fit into each other. */
  private now(): number {
    return this.exchange.startedAt + this.exchange.elapsedMs();
  }
}

function headersOf(lines: HeaderLines, traceParent: string | undefined): HeaderLines {
  const others = headersWhere(lines, (name) => !OF_THE_TRACE.has(name));
  return traceParent === undefined ? others : [...others, 'traceparent', traceParent];
}

/** A copy with other headers. What is parsed of the body is shared: each attempt would parse it again. */
function withHeaders<Sent extends TracedMessage>(request: Sent, headers: HeaderLines): Sent {
  const { json } = request as { json?: () => unknown };
  const shared = json && { json: () => json.call(request) };
  return Object.assign(Object.create(Object.getPrototypeOf(request)), request, { headers }, shared);
}
