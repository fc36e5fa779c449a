import type { HeaderLines } from '@claude-proxy/upstream';
import { HOPS_HEADER } from '../exchange/hops.js';

/** RFC 9110 section 7.6.1, and `expect`, which the server has answered already. */
export const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
];
/** Not even where an operator adds them: credentials are chosen elsewhere, cookies and the admin token are for the gateway. */
const NEVER_SENT = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'x-api-key',
  'authorization',
  'cookie',
  'x-admin-token',
]);
/**
 * What Claude Code, Anthropic's SDKs and plain HTTP clients send. Everything else was added on the way: by a browser
 * (`origin` alone makes Anthropic refuse a request), a proxy, a CDN or a load balancer.
 */
const SENT = new Set([
  ...['accept', 'accept-encoding', 'content-type', 'content-encoding', 'user-agent'],
  ...['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range', 'range', 'last-event-id'],
  ...['idempotency-key', 'x-idempotency-key', 'x-app', 'x-client-app', 'x-client-request-id'],
  // An SDK sends these two where the application has an OpenTelemetry provider.
  ...['traceparent', 'tracestate'],
]);
/** Open families: their members arrive with releases of clients. */
const SENT_FAMILIES = ['anthropic-', 'x-anthropic-', 'x-claude-', 'x-stainless-'];

/** What an upstream's CDN, load balancer or web server says about itself, or about a browser's own connection to it. */
const NOT_RETURNED = new Set([
  ...HOP_BY_HOP,
  ...['set-cookie', 'set-cookie2', 'alt-svc', 'server', 'via', 'x-powered-by', 'x-served-by', 'x-runtime'],
  ...['strict-transport-security', 'expect-ct', 'nel', 'report-to', 'reporting-endpoints', 'clear-site-data'],
  ...['x-cache', 'x-cache-hits', 'x-timer', 'x-varnish', 'proxy-status', 'x-robots-tag', 'x-real-ip', 'forwarded'],
]);
const NOT_RETURNED_FAMILIES = [
  ...['cf-', 'cdn-', 'x-envoy-', 'x-forwarded-', 'x-fastly-', 'fastly-', 'x-akamai-', 'x-azure-'],
  // `x-amzn-requestid` goes on: Claude Platform on AWS names its request by it.
  ...['x-amz-', 'x-amzn-trace-', 'x-amzn-remapped-'],
  // The gateway decides which pages may read its answers.
  'access-control-',
];
/** Headers of the gateway itself. */
const OURS = 'x-claude-proxy-';

/** Names, in lower case, that an operator adds to those above. */
interface ForwardedHeaders {
  readonly forwardedHeaders: readonly string[];
}

/** The header lines of a request that go on to an upstream, in order and spelling as they came. */
export function requestHeadersFor(rawHeaders: HeaderLines, { forwardedHeaders }: ForwardedHeaders): string[] {
  const isAdded = (name: string) => forwardedHeaders.includes(name) && !NEVER_SENT.has(name);
  return linesWhere(rawHeaders, (name) => name === HOPS_HEADER || (!isOurs(name) && (isSent(name) || isAdded(name))));
}

/** The header lines of an answer that go on to the client, in order and spelling as they came. */
export function answerHeadersFor(headers: HeaderLines): string[] {
  return linesWhere(
    headers,
    (name) => !isOurs(name) && !NOT_RETURNED.has(name) && !isOfFamily(name, NOT_RETURNED_FAMILIES),
  );
}

function isOurs(name: string): boolean {
  return name.startsWith(OURS);
}

function isSent(name: string): boolean {
  return SENT.has(name) || isOfFamily(name, SENT_FAMILIES);
}

function isOfFamily(name: string, families: readonly string[]): boolean {
  return families.some((family) => name.startsWith(family));
}

function linesWhere(lines: HeaderLines, passes: (name: string) => boolean): string[] {
  const named = namedByConnection(lines);
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index]!.toLowerCase();
    if (named?.has(name) || !passes(name)) continue;
    kept.push(lines[index]!, lines[index + 1]!);
  }
  return kept;
}

/** What `Connection` names is meant for the next hop alone. */
function namedByConnection(lines: HeaderLines): Set<string> | undefined {
  let named: Set<string> | undefined;
  for (let index = 0; index < lines.length; index += 2) {
    if (lines[index]!.length !== 10 || lines[index]!.toLowerCase() !== 'connection') continue;
    named ??= new Set();
    for (const name of lines[index + 1]!.split(',')) named.add(name.trim().toLowerCase());
  }
  return named;
}
