import { DEFAULT_SAMPLER, PROPAGATORS, SAMPLERS, type TelemetryConfig, telemetrySection } from './telemetry.config.js';

const DEFAULT_ENDPOINT = 'http://localhost:4318';
const GRPC_PORT = '4317';
/** A span has about 2 KB. */
const MAX_QUEUE_SPANS = 50_000;
/** The longest delay of a timer. */
const MAX_MS = 2_147_483_647;

type Protocol = 'http/protobuf' | 'http/json';
type SamplerName = (typeof SAMPLERS)[number];

/** Where one signal goes. */
export interface ExportSettings {
  readonly url: string;
  readonly protocol: Protocol;
  /** In the form of the variable: secret. */
  readonly headers: readonly string[];
}

export interface TelemetrySettings {
  /** Undefined: no traces are sent. */
  readonly traces: ExportSettings | undefined;
  readonly metrics: ExportSettings | undefined;
  readonly timeoutMs: number;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: string | undefined;
  /** Trace headers of callers are read, and upstreams get one. */
  readonly hasTraceContext: boolean;
  readonly sampler: SamplerName;
  readonly samplerRatio: number;
  readonly queueSpans: number;
  readonly batchSpans: number;
  readonly delayMs: number;
  readonly exportTimeoutMs: number;
  readonly metricIntervalMs: number;
  readonly metricTimeoutMs: number;
  /** Sentences for the log. */
  readonly warnings: readonly string[];
}

interface Signal {
  readonly name: 'traces' | 'metrics';
  readonly exporter: string | undefined;
  readonly endpoint: string | undefined;
  readonly protocol: string | undefined;
  readonly headers: TelemetryConfig['headers'];
}

/** What the variables ask for. Values that are not valid are named in `warnings`, and the default counts in their place. */
export function telemetrySettings(config: TelemetryConfig): TelemetrySettings {
  const warnings: string[] = [];
  const isOn = config.isDisabled.toLowerCase() !== 'true';
  const { tracesExporter, tracesEndpoint, tracesProtocol, tracesHeaders } = config;
  const { metricsExporter, metricsEndpoint, metricsProtocol, metricsHeaders } = config;
  const traces: Signal = {
    ...{ name: 'traces', exporter: tracesExporter, endpoint: tracesEndpoint },
    ...{ protocol: tracesProtocol, headers: tracesHeaders },
  };
  const metrics: Signal = {
    ...{ name: 'metrics', exporter: metricsExporter, endpoint: metricsEndpoint },
    ...{ protocol: metricsProtocol, headers: metricsHeaders },
  };
  const exports = {
    traces: isOn ? exportSettings(traces, config, warnings) : undefined,
    metrics: isOn ? exportSettings(metrics, config, warnings) : undefined,
  };
  // What is off needs no advice.
  if (!exports.traces && !exports.metrics) return { ...exports, ...otherSettings(config, []), warnings };
  return { ...exports, ...otherSettings(config, warnings), warnings };
}

type NumberSetting =
  | 'timeoutMs'
  | 'queueSpans'
  | 'batchSpans'
  | 'delayMs'
  | 'exportTimeoutMs'
  | 'metricIntervalMs'
  | 'metricTimeoutMs';

function otherSettings(config: TelemetryConfig, warnings: string[]) {
  const whole = (name: NumberSetting, maximum = MAX_MS): number => {
    const { variable, defaultText } = telemetrySection.settings[name];
    const text = config[name];
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= maximum) return value;
    const allowed = `a whole number from 1 to ${maximum}`;
    warnings.push(`${variable} is ${quoted(text)}; allowed: ${allowed}. ${defaultText} is used.`);
    return Number(defaultText);
  };
  const metricIntervalMs = whole('metricIntervalMs');
  const metricTimeoutMs = whole('metricTimeoutMs');
  const queueSpans = whole('queueSpans', MAX_QUEUE_SPANS);
  const batchSpans = whole('batchSpans', MAX_QUEUE_SPANS);
  return {
    timeoutMs: whole('timeoutMs'),
    serviceName: config.serviceName,
    resourceAttributes: config.resourceAttributes,
    hasTraceContext: propagatorsOf(config, warnings).includes('tracecontext'),
    ...samplerOf(config, warnings),
    queueSpans,
    batchSpans: Math.min(batchSpans, queueSpans),
    delayMs: whole('delayMs'),
    exportTimeoutMs: whole('exportTimeoutMs'),
    metricIntervalMs,
    metricTimeoutMs: Math.min(metricTimeoutMs, metricIntervalMs),
  };
}

function exportSettings(signal: Signal, config: TelemetryConfig, warnings: string[]): ExportSettings | undefined {
  if (!isWanted(signal, config, warnings)) return undefined;
  const { name } = signal;
  const url = urlOf(signal, config, warnings);
  const protocol = protocolOf(signal, config, warnings);
  if (!url || !protocol) return undefined;
  if (url.port === GRPC_PORT) {
    const ports = 'the port of OTLP over gRPC; the gateway sends OTLP over HTTP, whose port is 4318';
    warnings.push(`The endpoint of ${name} has port ${GRPC_PORT}, ${ports}.`);
  }
  const headers = [config.headers, signal.headers].flatMap((secret) => secret?.reveal() ?? []);
  return { url: url.href, protocol, headers };
}

function isWanted({ name, exporter, endpoint }: Signal, config: TelemetryConfig, warnings: string[]): boolean {
  if (exporter === undefined) return endpoint !== undefined || config.endpoint !== undefined;
  const names = listOf(exporter);
  const unknown = names.filter((each) => each !== 'otlp' && each !== 'none');
  if (unknown.length > 0) {
    const variable = `OTEL_${name.toUpperCase()}_EXPORTER`;
    warnings.push(`${variable} has ${unknown.map(quoted).join(', ')}; allowed: otlp, none. Others are ignored.`);
  }
  return names.includes('otlp');
}

function urlOf({ name, endpoint }: Signal, config: TelemetryConfig, warnings: string[]): URL | undefined {
  const isOwn = endpoint !== undefined;
  const variable = isOwn ? `OTEL_EXPORTER_OTLP_${name.toUpperCase()}_ENDPOINT` : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const text = endpoint ?? config.endpoint ?? DEFAULT_ENDPOINT;
  const url = URL.parse(isOwn ? text : `${text.replace(/\/+$/, '')}/v1/${name}`);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url;
  // Not quoted: it may hold a password.
  const allowed = 'an http or https URL without a user, such as http://localhost:4318';
  warnings.push(`${variable} is not valid; allowed: ${allowed}. No ${name} are sent.`);
  return undefined;
}

function protocolOf({ name, protocol }: Signal, config: TelemetryConfig, warnings: string[]): Protocol | undefined {
  const value = (protocol ?? config.protocol).toLowerCase();
  if (value === 'http/protobuf' || value === 'http/json') return value;
  const middle = protocol === undefined ? '' : `${name.toUpperCase()}_`;
  const variable = `OTEL_EXPORTER_OTLP_${middle}PROTOCOL`;
  warnings.push(`${variable} is ${quoted(value)}; allowed: http/protobuf, http/json. No ${name} are sent.`);
  return undefined;
}

function propagatorsOf({ propagators }: TelemetryConfig, warnings: string[]): string[] {
  const names = listOf(propagators);
  const unknown = names.filter((name) => !PROPAGATORS.includes(name));
  if (unknown.length > 0) {
    const others = unknown.map(quoted).join(', ');
    warnings.push(`OTEL_PROPAGATORS has ${others}; allowed: ${PROPAGATORS.join(', ')}. Others are ignored.`);
  }
  return names.includes('none') ? [] : names;
}

function samplerOf({ sampler, samplerArgument }: TelemetryConfig, warnings: string[]) {
  const name = sampler.toLowerCase();
  const known = SAMPLERS.find((each) => each === name);
  if (!known) {
    const allowed = SAMPLERS.join(', ');
    warnings.push(`OTEL_TRACES_SAMPLER is ${quoted(sampler)}; allowed: ${allowed}. ${DEFAULT_SAMPLER} is used.`);
  }
  const ratio = Number(samplerArgument);
  const isRatio = ratio >= 0 && ratio <= 1;
  const isUsed = known?.endsWith('traceidratio') ?? false;
  if (isUsed && !isRatio) {
    warnings.push(`OTEL_TRACES_SAMPLER_ARG is ${quoted(samplerArgument)}; allowed: a number from 0 to 1. 1 is used.`);
  }
  return { sampler: known ?? DEFAULT_SAMPLER, samplerRatio: isRatio ? ratio : 1 } as const;
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
