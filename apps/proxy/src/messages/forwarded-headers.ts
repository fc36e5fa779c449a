import type { HeaderLines } from '@claude-proxy/upstream';

/** RFC 9110 section 7.6.1, and `expect`, which the server has answered already. */
const HOP_BY_HOP = [
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
/** Credentials are chosen elsewhere; cookies and the admin token are between client and gateway. */
const NOT_FOR_UPSTREAMS = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'x-api-key',
  'authorization',
  'cookie',
  'x-admin-token',
]);
const NOT_FOR_CLIENTS = new Set([...HOP_BY_HOP, 'set-cookie']);
/** Headers of the gateway itself. */
const OURS = 'x-claude-proxy-';

/** The end-to-end headers of a request, in order and spelling as they came. */
export function requestHeadersFor(rawHeaders: HeaderLines): string[] {
  return without(rawHeaders, NOT_FOR_UPSTREAMS);
}

/** The end-to-end headers of an answer, in order and spelling as they came. */
export function answerHeadersFor(headers: HeaderLines): string[] {
  return without(headers, NOT_FOR_CLIENTS);
}

function without(lines: HeaderLines, dropped: ReadonlySet<string>): string[] {
  const named = namedByConnection(lines);
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index]!.toLowerCase();
    if (dropped.has(name) || named?.has(name) || name.startsWith(OURS)) continue;
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
