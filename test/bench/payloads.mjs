/** The bytes of all workloads, built once. */

/** The caller's own credential. */
export const CALLER_KEY = 'sk-ant-api03-bench-0000000000000000000000000000000000000000';
/** How the keys of accounts begin. */
export const ACCOUNT_KEY = 'sk-ant-api03-account-';

const HEADERS = [
  'accept: application/json',
  'accept-encoding: identity',
  'anthropic-beta: claude-code-20250219,interleaved-thinking-2025-05-14,fine-grained-tool-streaming-2025-05-14',
  'anthropic-dangerous-direct-browser-access: true',
  'anthropic-version: 2023-06-01',
  'content-type: application/json',
  'user-agent: claude-cli/2.0.50 (external, cli)',
  `x-api-key: ${CALLER_KEY}`,
  'x-app: cli',
  'x-stainless-arch: x64',
  'x-stainless-lang: js',
  'x-stainless-os: Linux',
  'x-stainless-package-version: 0.70.0',
  'x-stainless-retry-count: 0',
  'x-stainless-runtime: node',
  'x-stainless-timeout: 600',
];
const MODEL = 'claude-sonnet-4-5-20250929';
/** In each request. Its replacement by masking has the same length. */
const IDENTIFIER = 'arn:aws:iam::204813579264:role/ci-deployer';
const PACED_EVENTS = 4_000;

function event(name, data) {
  return `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
}

function delta(index) {
  const text = `word${String(index).padStart(5, '0')} of an answer `;
  return event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
}

const USAGE = { input_tokens: 1200, cache_creation_input_tokens: 0, cache_read_input_tokens: 900, output_tokens: 1 };
const START = [
  event('message_start', {
    message: { id: 'msg_bench', type: 'message', role: 'assistant', model: MODEL, content: [], usage: USAGE },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
];
const END = [
  event('content_block_stop', { index: 0 }),
  event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 300 } }),
  event('message_stop', {}),
];

function deltas(count) {
  return Array.from({ length: count }, (_, index) => delta(index));
}

function chunk(text) {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

const SSE_HEAD = [
  'HTTP/1.1 200 OK',
  'date: Sat, 21 Nov 2026 10:00:00 GMT',
  'content-type: text/event-stream; charset=utf-8',
  'cache-control: no-cache',
  'request-id: req_bench',
  'anthropic-ratelimit-unified-status: allowed',
  'transfer-encoding: chunked',
  '\r\n',
].join('\r\n');

function streamAnswer(count) {
  const events = [...START, ...deltas(count - START.length - END.length), ...END];
  return {
    wire: Buffer.from(`${SSE_HEAD}${events.map(chunk).join('')}0\r\n\r\n`),
    body: Buffer.from(events.join('')),
  };
}

function jsonAnswer(bytes) {
  const answer = (text) =>
    JSON.stringify({
      model: MODEL,
      id: 'msg_bench',
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: USAGE,
    });
  const body = Buffer.from(answer('a'.repeat(bytes - answer('').length)));
  const head = [
    'HTTP/1.1 200 OK',
    'date: Sat, 21 Nov 2026 10:00:00 GMT',
    'content-type: application/json',
    'request-id: req_bench',
    'anthropic-ratelimit-unified-status: allowed',
    `content-length: ${body.length}`,
    '\r\n',
  ].join('\r\n');
  return { wire: Buffer.concat([Buffer.from(head), body]), body };
}

/** Like a session of Claude Code: code in tool results, one quote per 17 bytes, some two-byte characters. */
function requestBody(bytes, stream) {
  const line = 'const entry = entryOf("name", 42, größe); // as long as a line of code\n\treturn entry.isDone;\n';
  const messages = [{ role: 'user', content: `Explain "this" file of ${IDENTIFIER}.` }];
  let size = 400;
  while (size < bytes - 900) {
    const id = `toolu_${messages.length}`;
    messages.push({
      role: 'assistant',
      content: [{ type: 'tool_use', id, name: 'Read', input: { file_path: '/a/b' } }],
    });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: line.repeat(5) }] });
    size += 760;
  }
  const body = { model: MODEL, messages, system: '', max_tokens: 32000, metadata: { user_id: 'u' }, stream };
  const missing = bytes - Buffer.byteLength(JSON.stringify(body));
  body.system = 's'.repeat(Math.max(0, missing));
  return Buffer.from(JSON.stringify(body));
}

function workload(name, requestBytes, isStream, answer) {
  const body = requestBody(requestBytes, isStream);
  return { name, body, answer, identifierAt: body.indexOf(IDENTIFIER) };
}

/** True if `bytes` of a body differ from the sent ones in nothing but the identifier. */
export function isMasked({ body, identifierAt }, bytes, offset) {
  const inBytes = (at) => Math.min(Math.max(0, at - offset), bytes.length);
  const [from, to] = [inBytes(identifierAt), inBytes(identifierAt + IDENTIFIER.length)];
  const sent = Buffer.from(body.subarray(offset, offset + bytes.length));
  bytes.copy(sent, from, from, to);
  return sent.equals(bytes);
}

export const WORKLOADS = new Map(
  [
    workload('json', 1_024, false, jsonAnswer(2_048)),
    workload('sse', 1_024, true, streamAnswer(300)),
    workload('body400k', 400_000, true, streamAnswer(100)),
    workload('body2m', 2_000_000, true, streamAnswer(100)),
    workload('paced', 1_024, true, undefined),
    workload('idle', 1_024, true, undefined),
  ].map((each) => [each.name, each]),
);

/** The check of an account's key, which the gateway sends by itself. */
export const PROBE = { name: 'probe', body: Buffer.alloc(0), answer: jsonAnswer(512) };

/** A stream whose deltas are sent one by one. All have the same length, so an offset identifies a delta. */
const pacedDeltas = deltas(PACED_EVENTS);
export const PACED = {
  opening: Buffer.from(SSE_HEAD + START.map(chunk).join('')),
  deltas: pacedDeltas.map((text) => Buffer.from(chunk(text))),
  closing: Buffer.from(`${END.map(chunk).join('')}0\r\n\r\n`),
  openingBytes: Buffer.byteLength(START.join('')),
  deltaBytes: Buffer.byteLength(pacedDeltas[0]),
  bodyOf: (count) => Buffer.from([...START, ...pacedDeltas.slice(0, count), ...END].join('')),
};

export function requestHead({ name, body }, port, extra = '') {
  const lines = [`host: 127.0.0.1:${port}`, ...HEADERS, `x-bench: ${name}`, `content-length: ${body.length}`];
  return Buffer.from(`POST /v1/messages HTTP/1.1\r\n${lines.join('\r\n')}\r\n${extra}\r\n`);
}

const BUCKETS = ['requests', 'input-tokens', 'output-tokens', 'tokens'];
const wiresOfAccounts = new Map();

/** The wire of an answer with what Anthropic names in each answer to an API key: its owners and token buckets. */
export function wireForAccount(wire, account) {
  if (!wiresOfAccounts.has(wire)) wiresOfAccounts.set(wire, []);
  const known = wiresOfAccounts.get(wire);
  known[account] ??= withLines(wire, [
    `anthropic-organization-id: org-${account}`,
    `anthropic-workspace-id: wrkspc-${account}`,
    ...BUCKETS.flatMap((bucket) => [
      `anthropic-ratelimit-${bucket}-limit: 5000000`,
      `anthropic-ratelimit-${bucket}-remaining: 4000000`,
      `anthropic-ratelimit-${bucket}-reset: 2026-11-21T10:01:00Z`,
    ]),
  ]);
  return known[account];
}

function withLines(wire, lines) {
  const endOfStatus = wire.indexOf('\r\n') + 2;
  const added = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
  return Buffer.concat([wire.subarray(0, endOfStatus), added, wire.subarray(endOfStatus)]);
}
