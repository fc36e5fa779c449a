import { fileURLToPath } from 'node:url';
import { type AnthropicSimulator, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { eventually, figureOf } from '../support/recorded.js';
import { type Collector, startCollector } from '../support/start-collector.js';
import { startGateway } from '../support/start-gateway.js';

const LOADED_MODULES = `--import=${fileURLToPath(new URL('../support/loaded-modules.mjs', import.meta.url))}`;

let anthropic: AnthropicSimulator;
let collector: Collector;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  collector = await startCollector();
});
afterAll(async () => {
  await Promise.all([anthropic.close(), collector.close()]);
});

const upstream = () => ({ ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'anthropic' });
const started = (environment: Readonly<Record<string, string>>) => startGateway({ ...upstream(), ...environment });
const ask = async ({ url }: { readonly url: string }, user = 'alice', headers = {}) => {
  const answered = await postJson(`${url}/user/${user}/v1/messages`, MESSAGE, {
    headers: { ...CLIENT_HEADERS, ...headers },
  });
  await answered.text();
  return answered;
};

describe('a process', () => {
  it('does not load the SDK while telemetry is off, and passes trace headers on as they came', async () => {
    const gateway = await BuiltGateway.started({ ...upstream(), NODE_OPTIONS: LOADED_MODULES });
    anthropic.reset();
    await ask(gateway, 'alice', { traceparent: 'as-it-came', tracestate: 'a=b' });
    const { headers } = await anthropic.requestAt(0);
    expect(headers).toMatchObject({ traceparent: 'as-it-came', tracestate: 'a=b' });
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).not.toContain('telemetry_spans_total{');
    const { stderr } = await gateway.stop();
    expect(stderr).not.toContain('@opentelemetry');
  });

  it('logs the trace of each request, and ends although the collector never answers', async () => {
    collector.status = undefined;
    const endpoint = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}?key=hush`,
      OTEL_EXPORTER_OTLP_HEADERS: 'key=hush',
    };
    const gateway = await BuiltGateway.started({ ...upstream(), ...endpoint, NODE_OPTIONS: LOADED_MODULES });
    await ask(gateway);
    await gateway.hasLogged('"trace_id"');
    gateway.signal('SIGTERM');
    const { code, stdout, stderr } = await gateway.ended;
    collector.status = 200;
    expect(code).toBe(0);
    expect(gateway.lines.find(({ user }) => user === 'alice')).toMatchObject({
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(stdout).toContain('The collector has not answered within 2 s');
    expect(stderr).toContain('loads');
    expect(stdout + stderr).not.toContain('hush');
  });
});

describe('a gateway', () => {
  it('sends its spans to its own collector, as protobuf by default', async () => {
    const other = await startCollector();
    const quick = { OTEL_BSP_SCHEDULE_DELAY: '10', OTEL_METRICS_EXPORTER: 'none' };
    const gateways = await Promise.all(
      [collector, other].map(({ url }) => started({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...quick })),
    );
    await ask(gateways[0]!, 'user-of-one');
    await ask(gateways[1]!, 'user-of-other');
    const holds = ({ exports }: Collector, text: string) => exports.some(({ body }) => body.includes(text));
    await collector.until(() => holds(collector, 'user-of-one'), Boolean);
    await other.until(() => holds(other, 'user-of-other'), Boolean);
    expect([holds(collector, 'user-of-other'), holds(other, 'user-of-one')]).toEqual([false, false]);
    expect(other.exports[0]!.headers['content-type']).toBe('application/x-protobuf');
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await other.close();
  });

  it('ignores trace headers, and sends none, without propagators', async () => {
    const gateway = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_PROPAGATORS: 'none' });
    anthropic.reset();
    await ask(gateway, 'alice', { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });
    expect((await anthropic.requestAt(0)).headers).not.toHaveProperty('traceparent');
    await gateway.close();
  });

  it('counts the spans that are not delivered and those that find no room, and answers all requests', async () => {
    collector.status = undefined;
    const gateway = await started({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '1500',
      OTEL_METRICS_EXPORTER: 'none',
      // An export begins when 3 spans wait, and never by time.
      OTEL_BSP_MAX_QUEUE_SIZE: '3',
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    });
    const counted = (outcome: string, count: number) =>
      eventually(
        () => figureOf(gateway, `telemetry_spans_total\\{outcome="${outcome}"\\}`),
        (found) => found >= count,
      );
    // Two spans each: 3 are on their way to the collector, 3 wait.
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(gateway)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await counted('dropped', 2)).toBe(2);
    collector.status = 400;
    expect(await counted('failed', 6)).toBe(6);
    collector.status = 200;
    await Promise.all([ask(gateway), ask(gateway)]);
    expect(await counted('exported', 3)).toBe(3);
    await gateway.close();
  });
});
