import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../config/read-config.js';
import { type TelemetryConfig, telemetrySection } from './telemetry.config.js';
import { telemetrySettings } from './telemetry-settings.js';

const COLLECTOR = 'http://collector:4318';
const settingsOf = (environment: Readonly<Record<string, string>>) =>
  telemetrySettings(readConfig(environment, [telemetrySection]).telemetry as TelemetryConfig);
const targetsOf = (environment: Readonly<Record<string, string>>) => {
  const { traces, metrics } = settingsOf(environment);
  return [traces?.url, metrics?.url];
};

describe('telemetry', () => {
  it.each<[Record<string, string>, (string | undefined)[]]>([
    [{}, [undefined, undefined]],
    [{ OTEL_SERVICE_NAME: 'gateway', OTEL_TRACES_SAMPLER: 'always_on' }, [undefined, undefined]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, [undefined, undefined]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR }, [`${COLLECTOR}/v1/traces`, `${COLLECTOR}/v1/metrics`]],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: `${COLLECTOR}/otlp/` },
      [`${COLLECTOR}/otlp/v1/traces`, `${COLLECTOR}/otlp/v1/metrics`],
    ],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${COLLECTOR}/t` }, [`${COLLECTOR}/t`, undefined]],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${COLLECTOR}/m` }, [undefined, `${COLLECTOR}/m`]],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, ['http://localhost:4318/v1/traces', undefined]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_TRACES_EXPORTER: 'none' }, [undefined, `${COLLECTOR}/v1/metrics`]],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_SDK_DISABLED: 'TRUE' }, [undefined, undefined]],
  ])('with %j sends traces and metrics to %j', (environment, expected) => {
    expect(targetsOf(environment)).toEqual(expected);
    expect(settingsOf(environment).warnings).toEqual([]);
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is not valid'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hush@collector' }, 'without a user'],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; allowed: http/protobuf, http/json',
    ],
    [
      { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc', OTEL_METRICS_EXPORTER: 'none' },
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    ],
    [
      { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_METRICS_EXPORTER: 'none' },
      'OTEL_TRACES_EXPORTER has "zipkin"; allowed: otlp, none',
    ],
  ])('with %j sends nothing and says why', (environment, reason) => {
    const faulty = { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, ...environment };
    expect(targetsOf(faulty)).toEqual([undefined, undefined]);
    const { warnings } = settingsOf(faulty);
    expect(warnings.join(' ')).toContain(reason);
    expect(warnings.join(' ')).not.toContain('hush');
  });

  it.each<[Record<string, string>, string, object]>([
    [{ OTEL_BSP_MAX_QUEUE_SIZE: 'many' }, 'OTEL_BSP_MAX_QUEUE_SIZE is "many"', { queueSpans: 2_048 }],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: '9999999' }, 'allowed: a whole number from 1 to 50000', { queueSpans: 2_048 }],
    [{ OTEL_BSP_SCHEDULE_DELAY: '-5' }, 'OTEL_BSP_SCHEDULE_DELAY is "-5"', { delayMs: 5_000 }],
    [{ OTEL_METRIC_EXPORT_INTERVAL: '0' }, 'OTEL_METRIC_EXPORT_INTERVAL is "0"', { metricIntervalMs: 60_000 }],
    [{ OTEL_PROPAGATORS: 'b3,tracecontext' }, 'OTEL_PROPAGATORS has "b3"', { hasTraceContext: true }],
    [{ OTEL_TRACES_SAMPLER: 'xray' }, 'OTEL_TRACES_SAMPLER is "xray"', { sampler: 'parentbased_always_on' }],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '20%' },
      'OTEL_TRACES_SAMPLER_ARG is "20%"',
      { samplerRatio: 1 },
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317', OTEL_METRICS_EXPORTER: 'none' }, 'port 4317', {}],
  ])('with %j is on, and warns', (environment, reason, expected) => {
    const settings = settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, ...environment });
    expect(settings.warnings).toEqual([expect.stringContaining(reason)]);
    expect(settings).toMatchObject(expected);
    expect(settings.traces).toBeDefined();
  });

  it('exports no more spans at once than wait, and waits for an export no longer than the interval', () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_BSP_MAX_QUEUE_SIZE: '10' };
    const settings = settingsOf({ ...environment, OTEL_METRIC_EXPORT_INTERVAL: '1000' });
    expect(settings).toMatchObject({ queueSpans: 10, batchSpans: 10, metricIntervalMs: 1_000, metricTimeoutMs: 1_000 });
  });

  it('reads no trace headers where the propagators have none', () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_PROPAGATORS: 'none' };
    expect(settingsOf(environment)).toMatchObject({ hasTraceContext: false, warnings: [] });
  });
});
