import { once } from 'node:events';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { AnswerOptions } from './answer-options.js';
import { AnswerWriter } from './answer-writer.js';
import type { Behaviour, Failure, Fault, RawAnswer, WireAnswer } from './behaviours.js';
import type { Dialect } from './dialect.js';
import type { SimulatedExchange } from './simulated-server.js';
import { faultySteps, paced, type StreamStep } from './stream-steps.js';

type AnswerBehaviour = Extract<Behaviour, { kind: 'answer' }>;

const JSON_PIECES = 4;

/** Applies a behavior to one request, in the format of the dialect. Returns early if the client leaves. */
export async function playBehaviour(
  behaviour: Behaviour,
  exchange: SimulatedExchange,
  dialect: Dialect,
): Promise<void> {
  try {
    if (behaviour.kind === 'answer') await playAnswer(behaviour, exchange, dialect);
    else if (behaviour.kind === 'refusal') await playRefusal(behaviour.failure, exchange, dialect);
    else if (behaviour.kind === 'raw') await playRaw(behaviour, exchange);
    else if (behaviour.kind === 'wire') await playWire(behaviour, exchange);
    else await playReset(behaviour.latencyMs, exchange);
  } catch (error) {
    if (!exchange.signal.aborted) throw error;
  }
}

/** Sends a JSON body with the standard headers of the dialect. */
export function sendJson(
  { response, recorded, requestId, ownerHeaders }: SimulatedExchange,
  dialect: Dialect,
  body: unknown,
  status = 200,
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  recorded.bytesWritten += bytes.length;
  const headers = { 'content-type': 'application/json', 'content-length': String(bytes.length) };
  response.writeHead(status, { ...dialect.headers(requestId), ...ownerHeaders, ...headers }).end(bytes);
}

async function playAnswer(
  { options, fault }: AnswerBehaviour,
  exchange: SimulatedExchange,
  dialect: Dialect,
): Promise<void> {
  const isStream = dialect.isStream(exchange.recorded);
  if (!isStream && fault?.kind === 'failure') return playRefusal(fault.failure, exchange, dialect);
  await pause(options.latencyMs ?? 0, exchange.signal);
  const message = dialect.compose(options, exchange.recorded);
  const headers = {
    ...dialect.headers(exchange.requestId),
    ...exchange.ownerHeaders,
    ...dialect.answerHeaders(message),
  };
  if (isStream) {
    const contentType = { 'content-type': dialect.streamContentType, 'cache-control': 'no-cache' };
    return playBody(
      dialect.frames(message),
      { options, fault, headers: { ...headers, ...contentType } },
      exchange,
      dialect,
    );
  }
  const json = Buffer.from(JSON.stringify(dialect.body(message)));
  const isWhole = fault === undefined && options.encoding === undefined;
  const length: Record<string, string> = isWhole ? { 'content-length': String(json.length) } : {};
  const delivery = {
    options,
    fault: insideJson(fault),
    headers: { ...headers, 'content-type': 'application/json', ...length },
  };
  return playBody(quarters(json), delivery, exchange, dialect);
}

interface Delivery {
  readonly options: AnswerOptions;
  readonly fault: Fault | undefined;
  readonly headers: Record<string, string>;
}

async function playBody(
  frames: Iterable<Buffer>,
  { options, fault, headers }: Delivery,
  exchange: SimulatedExchange,
  dialect: Dialect,
): Promise<void> {
  const encoding: Record<string, string> = options.encoding ? { 'content-encoding': options.encoding } : {};
  exchange.response.writeHead(200, { ...headers, ...encoding, ...options.headers });
  const failureFrame = fault?.kind === 'failure' ? dialect.failureFrame(fault.failure, exchange.requestId) : undefined;
  const steps = faultySteps(frames, fault, { garbage: dialect.garbage, failureFrame });
  if (!headers['content-length']) exchange.response.flushHeaders();
  await takeSteps(paced(steps, options), new AnswerWriter(exchange, options.encoding), exchange.signal);
}

async function takeSteps(steps: Iterable<StreamStep>, writer: AnswerWriter, signal: AbortSignal): Promise<void> {
  for (const step of steps) {
    if (signal.aborted) return;
    if (step.act === 'write') await writer.write(step.bytes);
    else if (step.act === 'wait') await pause(step.ms, signal, { atLeastOneTurn: true });
    else if (step.act === 'destroy') return writer.destroy();
    else return writer.end();
  }
}

async function playRefusal(failure: Failure, exchange: SimulatedExchange, dialect: Dialect): Promise<void> {
  await pause(failure.latencyMs ?? 0, exchange.signal);
  const { response, requestId, ownerHeaders } = exchange;
  const body = Buffer.from(JSON.stringify(dialect.failureBody(failure, requestId)));
  const contentHeaders = { 'content-type': 'application/json', 'content-length': String(body.length) };
  const headers = {
    ...dialect.headers(requestId),
    ...ownerHeaders,
    ...dialect.failureHeaders(failure),
    ...contentHeaders,
  };
  response.writeHead(failure.status, { ...headers, ...failure.headers }).end(body);
}

async function playRaw({ status, headers = {}, body = '', latencyMs = 0 }: RawAnswer, exchange: SimulatedExchange) {
  await pause(latencyMs, exchange.signal);
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).flatMap((line) => [name, line]),
  );
  exchange.response.writeHead(status, lines).end(body);
}

async function playWire({ pieces, ending }: WireAnswer, { response, recorded, signal }: SimulatedExchange) {
  recorded.brokenBySimulator = ending !== 'open';
  const { socket } = response;
  for (const piece of pieces()) {
    if (signal.aborted) return;
    recorded.bytesWritten += piece.length;
    if (!socket?.write(piece)) await once(socket!, 'drain', { signal });
    await nextTurn();
  }
  if (ending === 'fin') socket?.end();
  else if (ending === 'reset') socket?.resetAndDestroy();
  else await pause(Infinity, signal);
}

async function playReset(latencyMs: number, { response, recorded, signal }: SimulatedExchange): Promise<void> {
  await pause(latencyMs, signal);
  recorded.brokenBySimulator = true;
  response.socket?.resetAndDestroy();
}

/** A JSON answer has no events: a fault after the first event happens in the middle of the JSON. */
function insideJson(fault: Fault | undefined): Fault | undefined {
  if (fault === undefined || fault.kind === 'cut_at_byte') return fault;
  return { ...fault, afterEvents: Math.min(fault.afterEvents, JSON_PIECES / 2) };
}

function quarters(json: Buffer): Buffer[] {
  const size = Math.ceil(json.length / JSON_PIECES);
  return Array.from({ length: JSON_PIECES }, (_, index) => json.subarray(index * size, (index + 1) * size));
}

async function pause(ms: number, signal: AbortSignal, { atLeastOneTurn = false } = {}): Promise<void> {
  if (ms === Infinity) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  else if (ms > 0) await sleep(ms, undefined, { signal });
  else if (atLeastOneTurn) await nextTurn();
  signal.throwIfAborted();
}
