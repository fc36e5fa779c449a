import { type Kind, secret, text } from '../../config/kinds.js';
import { type ConfigOf, section, setting } from '../../config/section.js';

/**
 * OpenTelemetry's own variables. Its specification demands a warning for a value that is not valid, and never a failed start:
 * platforms set these variables for all programs at once. So each is read as a text, and judged in `telemetry-settings`.
 */
const asText = (allowed: string): Kind<string> => ({ ...text, allowed });
const URL_TEXT = 'an http or https URL';
const EXPORTER = '`otlp`, `none`';
const PROTOCOL = '`http/protobuf`, `http/json`';
const MILLISECONDS = 'milliseconds';
export const PROPAGATORS: readonly string[] = ['tracecontext', 'baggage', 'none'];
export const SAMPLERS = [
  ...['always_on', 'always_off', 'traceidratio'],
  ...['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
] as const;
export const DEFAULT_SAMPLER = 'parentbased_always_on';
const asOneOf = (names: readonly string[]) => asText(names.map((name) => `\`${name}\``).join(', '));

export const telemetrySection = section(
  'telemetry',
  'Traces and metrics for OpenTelemetry ([telemetry](telemetry.md)), off unless an endpoint or an exporter is set. A value that is not valid is reported in the log and does not prevent the start.',
  {
    isDisabled: setting('OTEL_SDK_DISABLED', asText('`true` or `false`'), 'Switches telemetry off.', 'false'),
    endpoint: setting(
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      asText(URL_TEXT),
      'The collector, such as `http://localhost:4318`; `/v1/traces` and `/v1/metrics` are appended.',
    ),
    tracesEndpoint: setting(
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      asText(URL_TEXT),
      'The whole URL for traces, such as `http://localhost:4318/v1/traces`.',
    ),
    metricsEndpoint: setting('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', asText(URL_TEXT), 'The whole URL for metrics.'),
    headers: setting(
      'OTEL_EXPORTER_OTLP_HEADERS',
      secret,
      'Headers for the collector: `name=value`, separated by commas, values percent-encoded.',
    ),
    tracesHeaders: setting('OTEL_EXPORTER_OTLP_TRACES_HEADERS', secret, 'Further headers for traces.'),
    metricsHeaders: setting('OTEL_EXPORTER_OTLP_METRICS_HEADERS', secret, 'Further headers for metrics.'),
    protocol: setting(
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      asText(PROTOCOL),
      'The form of OTLP. gRPC is not available.',
      'http/protobuf',
    ),
    tracesProtocol: setting('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', asText(PROTOCOL), 'The same for traces.'),
    metricsProtocol: setting('OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', asText(PROTOCOL), 'The same for metrics.'),
    timeoutMs: setting('OTEL_EXPORTER_OTLP_TIMEOUT', asText(MILLISECONDS), 'For one export with its retries.', '10000'),
    tracesExporter: setting(
      'OTEL_TRACES_EXPORTER',
      asText(EXPORTER),
      '`otlp` sends traces, also without an endpoint: then to `http://localhost:4318`.',
    ),
    metricsExporter: setting('OTEL_METRICS_EXPORTER', asText(EXPORTER), 'The same for metrics.'),
    serviceName: setting(
      'OTEL_SERVICE_NAME',
      asText('a name'),
      'The service of all spans and metrics. Unset: `service.name` of `OTEL_RESOURCE_ATTRIBUTES`, else `claude-code-proxy`.',
    ),
    resourceAttributes: setting(
      'OTEL_RESOURCE_ATTRIBUTES',
      asText('`name=value`, separated by commas'),
      'Attributes of all spans and metrics, such as `deployment.environment.name=production`.',
    ),
    propagators: setting(
      'OTEL_PROPAGATORS',
      asOneOf(PROPAGATORS),
      '`none`: trace headers of callers are ignored, and upstreams get none.',
      'tracecontext,baggage',
    ),
    sampler: setting('OTEL_TRACES_SAMPLER', asOneOf(SAMPLERS), 'Which requests have spans.', DEFAULT_SAMPLER),
    samplerArgument: setting(
      'OTEL_TRACES_SAMPLER_ARG',
      asText('a number from 0 to 1'),
      'The share for `traceidratio`.',
      '1',
    ),
    queueSpans: setting(
      'OTEL_BSP_MAX_QUEUE_SIZE',
      asText('a whole number'),
      'Spans that wait; further ones are dropped and counted.',
      '2048',
    ),
    batchSpans: setting('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', asText('a whole number'), 'Spans of one export.', '512'),
    delayMs: setting('OTEL_BSP_SCHEDULE_DELAY', asText(MILLISECONDS), 'Between two exports of spans.', '5000'),
    exportTimeoutMs: setting('OTEL_BSP_EXPORT_TIMEOUT', asText(MILLISECONDS), 'For one export of spans.', '30000'),
    metricIntervalMs: setting(
      'OTEL_METRIC_EXPORT_INTERVAL',
      asText(MILLISECONDS),
      'Between two exports of metrics.',
      '60000',
    ),
    metricTimeoutMs: setting('OTEL_METRIC_EXPORT_TIMEOUT', asText(MILLISECONDS), 'For one export of metrics.', '30000'),
  },
);

export type TelemetryConfig = ConfigOf<typeof telemetrySection>;
