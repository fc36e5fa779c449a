import { randomUUID } from 'node:crypto';
import { METHODS } from 'node:http';
import { defaultTextMapGetter, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import {
  type ExportResult,
  ExportResultCode,
  parseKeyPairsIntoRecord,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { VERSION } from '../../config/version.js';
import type { ExchangeListener } from '../../exchange/exchange-feed.js';
import type { BeginTrace } from '../../exchange/request-traces.js';
import { BoundedSpans } from './bounded-spans.js';
import { GenAiMetrics } from './gen-ai-metrics.js';
import type { TelemetryCounts } from './telemetry-counts.js';
import type { ExportSettings, TelemetrySettings } from './telemetry-settings.js';
import { type ReadTraceParent, TracedRequest } from './traced-request.js';

const SCOPE = 'claude-code-proxy';
/** A user's name and a path can be long; everything else is short. */
const MAX_ATTRIBUTE_CHARACTERS = 1_000;
/** Combinations of attributes per metric. The bounded labels of models make fewer. */
const MAX_SERIES = 2_000;
const KNOWN_METHODS = new Set(METHODS);

/** How exports of one signal go. `failure` is undefined for one that was delivered. */
export type NoteExport = (signal: 'traces' | 'metrics', failure: string | undefined) => void;

/** The only file that loads OpenTelemetry's SDK with its exporters: it is imported when telemetry is on. */
export interface StartedTelemetry {
  /** Undefined if no traces are sent. */
  readonly beginTrace: BeginTrace | undefined;
  readonly onFinished: ExchangeListener;
  /** Sends what waits. May take as long as the collector. */
  shutDown(): Promise<void>;
}

export async function startTelemetry(
  settings: TelemetrySettings,
  counts: TelemetryCounts,
  note: NoteExport,
): Promise<StartedTelemetry> {
  const resource = resourceOf(settings);
  const tracing = settings.traces && (await startTracing(settings.traces, settings, resource, counts, note));
  const metering = settings.metrics && (await startMetering(settings.metrics, settings, resource, counts, note));
  const metrics = metering && new GenAiMetrics(metering.getMeter(SCOPE, VERSION));
  return {
    beginTrace: tracing && beginTraceWith(tracing.getTracer(SCOPE, VERSION), settings.hasTraceContext),
    onFinished: (exchange) => {
      if (exchange.trace instanceof TracedRequest) exchange.trace.finish(exchange);
      metrics?.record(exchange);
    },
    shutDown: async () => {
      await Promise.allSettled([tracing?.shutdown(), metering?.shutdown()]);
    },
  };
}

/** The name of `OTEL_SERVICE_NAME` wins over that of the attributes. Tasks differ by `service.instance.id`. */
function resourceOf({ serviceName, resourceAttributes }: TelemetrySettings): Resource {
  const ours = { 'service.name': SCOPE, 'service.version': VERSION, 'service.instance.id': randomUUID() };
  const named = serviceName === undefined ? {} : { 'service.name': serviceName };
  return defaultResource().merge(
    resourceFromAttributes({ ...ours, ...parseKeyPairsIntoRecord(resourceAttributes), ...named }),
  );
}

async function startTracing(
  target: ExportSettings,
  settings: TelemetrySettings,
  resource: Resource,
  counts: TelemetryCounts,
  note: NoteExport,
): Promise<TracerProvider> {
  const { queueSpans, batchSpans, delayMs, exportTimeoutMs } = settings;
  const exporter = await spanExporter(target, settings.timeoutMs);
  const batches = new BatchSpanProcessor({
    exporter,
    maxQueueSize: queueSpans,
    maxExportBatchSize: batchSpans,
    scheduledDelayMillis: delayMs,
    exportTimeoutMillis: exportTimeoutMs,
  });
  const bounded = new BoundedSpans(batches, queueSpans, counts);
  onExport(
    exporter,
    (spans, failure) => {
      counts.spans[failure === undefined ? 'exported' : 'failed'] += spans.length;
      note('traces', failure);
    },
    (spans) => bounded.taken(spans.length),
  );
  return new TracerProvider({
    resource,
    sampler: samplerOf(settings),
    spanProcessors: [bounded],
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_CHARACTERS },
  });
}

async function startMetering(
  target: ExportSettings,
  settings: TelemetrySettings,
  resource: Resource,
  counts: TelemetryCounts,
  note: NoteExport,
): Promise<MeterProvider> {
  const exporter = await metricExporter(target, settings.timeoutMs);
  onExport(exporter, (_metrics, failure) => {
    counts.metricExports[failure === undefined ? 'exported' : 'failed'] += 1;
    note('metrics', failure);
  });
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: settings.metricIntervalMs,
    exportTimeoutMillis: settings.metricTimeoutMs,
    cardinalityLimits: { default: MAX_SERIES },
  });
  return new MeterProvider({ resource, readers: [reader] });
}

async function spanExporter(target: ExportSettings, timeoutMillis: number): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    target.protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter({ url: target.url, headers: headersOf(target), timeoutMillis });
}

async function metricExporter(target: ExportSettings, timeoutMillis: number): Promise<PushMetricExporter> {
  const { OTLPMetricExporter } =
    target.protocol === 'http/json'
      ? await import('@opentelemetry/exporter-metrics-otlp-http')
      : await import('@opentelemetry/exporter-metrics-otlp-proto');
  return new OTLPMetricExporter({ url: target.url, headers: headersOf(target), timeoutMillis });
}

function headersOf({ headers }: ExportSettings): Record<string, string> {
  return Object.assign({}, ...headers.map(parseKeyPairsIntoRecord));
}

interface Exporter<Items> {
  export(items: Items, done: (result: ExportResult) => void): void;
}

/** Calls `onEnd` with the result of each export. */
function onExport<Items>(
  exporter: Exporter<Items>,
  onEnd: (items: Items, failure: string | undefined) => void,
  onBegin?: (items: Items) => void,
): void {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => {
    onBegin?.(items);
    send(items, (result) => {
      onEnd(items, result.code === ExportResultCode.SUCCESS ? undefined : failureOf(result));
      done(result);
    });
  };
}

/** Without the collector's own text, which may quote what it was sent. */
function failureOf({ error }: ExportResult): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: string };
  if (typeof code === 'number') return `status ${code}`;
  return typeof code === 'string' ? code : (name ?? 'unknown error');
}

function samplerOf({ sampler, samplerRatio }: TelemetrySettings): Sampler {
  const isParentBased = sampler.startsWith('parentbased_');
  const name = sampler.replace('parentbased_', '');
  const root =
    name === 'traceidratio'
      ? new TraceIdRatioBasedSampler(samplerRatio)
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new AlwaysOnSampler();
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}

/** Traces of callers are joined. A `traceparent` that is not valid begins a trace of its own. */
function beginTraceWith(tracer: Tracer, hasTraceContext: boolean): BeginTrace {
  const propagator = new W3CTraceContextPropagator();
  const readTraceParent: ReadTraceParent = (context) => {
    const carrier: { traceparent?: string } = {};
    propagator.inject(context, carrier, { set: (into, name, value) => Object.assign(into, { [name]: value }) });
    return carrier.traceparent;
  };
  return (exchange, { headers, method = '' }) =>
    new TracedRequest(exchange, {
      tracer,
      parent: hasTraceContext ? propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter) : ROOT_CONTEXT,
      traceParentOf: hasTraceContext ? readTraceParent : undefined,
      method: KNOWN_METHODS.has(method) ? method : '_OTHER',
    });
}
