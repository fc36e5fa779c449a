import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as OTLP has it in JSON, with its attributes as one object. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 2: server, 3: client. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  /** Code 2: an error. */
  readonly status: { readonly code: number };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface CollectedMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly {
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
  }[];
}

interface Export {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type KeyValue = { readonly key: string; readonly value: Record<string, unknown> };
type Points = { readonly dataPoints: readonly { readonly attributes: readonly KeyValue[] }[] };

/** What is asked for comes within the interval of the exporters, which tests set to milliseconds. */
const PATIENCE_MS = 20_000;

/** A real receiver of OTLP over HTTP. It reads JSON; other forms are kept as bytes. */
export async function startCollector() {
  const exports: Export[] = [];
  const arrival = new EventEmitter().setMaxListeners(0);
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request));
    exports.push({ path: request.url!, headers: request.headers, body });
    if (collector.status === undefined) return;
    response.writeHead(collector.status, { 'content-type': 'application/json' }).end('{}');
    arrival.emit('export');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exports,
    /** Of all answers; undefined: none comes. */
    status: 200 as number | undefined,
    get spans(): CollectedSpan[] {
      return jsonOf(exports, '/v1/traces').flatMap(spansIn);
    },
    /** The last values of all metrics. */
    get metrics(): CollectedMetric[] {
      return jsonOf(exports, '/v1/metrics').flatMap(metricsIn);
    },
    async until<Found>(read: () => Found, holds: (found: Found) => boolean): Promise<Found> {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      for (let found = read(); ; found = read()) {
        if (holds(found)) return found;
        await once(arrival, 'export', { signal });
      }
    },
    /** The spans of a user, of which there are so many. */
    spansOf: async (user: string, count: number): Promise<CollectedSpan[]> => {
      const ofUser = () => {
        const traces = new Set(
          collector.spans.flatMap(({ attributes, traceId }) => (attributes['user.id'] === user ? [traceId] : [])),
        );
        return collector.spans.filter(({ traceId }) => traces.has(traceId));
      };
      const found = await collector.until(ofUser, ({ length }) => length >= count);
      return found.toSorted(
        (a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)) || a.kind - b.kind,
      );
    },
    close() {
      server.closeAllConnections();
      return new Promise<unknown>((resolve) => server.close(resolve));
    },
  };
  return collector;
}

export type Collector = Awaited<ReturnType<typeof startCollector>>;

// biome-ignore lint/suspicious/noExplicitAny: what OTLP is in JSON is read here only
type Json = any;

function jsonOf(exports: readonly Export[], path: string): Json[] {
  const isJson = ({ headers }: Export) => headers['content-type'] === 'application/json';
  return exports.filter((each) => each.path === path && isJson(each)).map(({ body }) => JSON.parse(body.toString()));
}

function spansIn({ resourceSpans }: Json): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }: Json) =>
    scopeSpans.flatMap(({ spans }: Json) =>
      spans.map((span: Json) => ({
        ...span,
        attributes: attributesOf(span.attributes),
        resource: attributesOf(resource.attributes),
      })),
    ),
  );
}

function metricsIn({ resourceMetrics }: Json): CollectedMetric[] {
  return resourceMetrics.flatMap(({ scopeMetrics }: Json) =>
    scopeMetrics.flatMap(({ metrics }: Json) =>
      metrics.map(({ name, unit, histogram, sum }: Json) => ({
        name,
        unit,
        points: ((histogram ?? sum) as Points).dataPoints.map((point) => ({
          ...point,
          attributes: attributesOf(point.attributes),
        })),
      })),
    ),
  );
}

function attributesOf(pairs: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, anyOf(value)]));
}

function anyOf(value: Record<string, unknown>): unknown {
  const [kind, held] = Object.entries(value)[0]!;
  if (kind === 'intValue') return Number(held);
  if (kind !== 'arrayValue') return held;
  return (held as { values: Record<string, unknown>[] }).values.map(anyOf);
}
