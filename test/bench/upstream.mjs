import { createServer } from 'node:net';
import { ACCOUNT_KEY, isMasked, PACED, PROBE, WORKLOADS, wireForAccount } from './payloads.mjs';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const TICK_MS = 1;
const ACCOUNT = new RegExp(`${ACCOUNT_KEY}(\\d+)`);

/**
 * Requests at the upstream, and how many of their bodies had a masked identifier, were printed anew by a peer or differed
 * otherwise from the sent ones.
 */
export const seen = { requests: 0, masked: 0, printedAnew: 0, faults: 0 };

/** When a delta of a paced stream was sent: `sentAt.get(stream)[index]`. */
export const sentAt = new Map();

const paced = new Set();
let ticker;

/** An upstream without an HTTP library. Its answers are prebuilt, so that it costs less than the measured processes. */
export function startUpstream() {
  const server = createServer({ noDelay: true }, (socket) => {
    const reader = new RequestReader((workload, head) => answer(socket, workload, head));
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const stream of paced) if (stream.socket === socket) paced.delete(stream);
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', 1_024, () => resolve(server.address().port)));
}

function answer(socket, workload, head) {
  seen.requests += 1;
  const account = ACCOUNT.exec(head)?.[1];
  const wireOf = (wire) => (account === undefined ? wire : wireForAccount(wire, account));
  if (workload.name === 'idle') socket.write(wireOf(PACED.opening));
  else if (workload.name === 'paced') beginPaced(socket, head, wireOf(PACED.opening));
  else socket.write(wireOf(workload.answer.wire));
}

function beginPaced(socket, head, opening) {
  const id = Number(/x-stream: (\d+)/i.exec(head)[1]);
  const [, count, intervalMs] = /x-pace: (\d+) (\d+)/i.exec(head);
  socket.write(opening);
  const times = new Float64Array(Number(count));
  sentAt.set(id, times);
  const nextAt = performance.now() + Math.random() * Number(intervalMs);
  paced.add({ socket, times, index: 0, nextAt, intervalMs: Number(intervalMs) });
  ticker ??= setInterval(tick, TICK_MS);
}

function tick() {
  const now = performance.now();
  for (const stream of paced) {
    if (stream.nextAt > now) continue;
    stream.nextAt += stream.intervalMs;
    if (stream.index < stream.times.length) {
      stream.times[stream.index] = performance.now();
      stream.socket.write(PACED.deltas[stream.index]);
      stream.index += 1;
    } else {
      stream.socket.write(PACED.closing);
      paced.delete(stream);
    }
  }
  if (paced.size > 0) return;
  clearInterval(ticker);
  ticker = undefined;
}

class RequestReader {
  constructor(onRequest) {
    this.onRequest = onRequest;
    this.pending = undefined;
    this.head = undefined;
    this.offset = 0;
  }

  push(chunk) {
    if (this.head === undefined) {
      const bytes = this.pending ? Buffer.concat([this.pending, chunk]) : chunk;
      const end = bytes.indexOf(END_OF_HEAD);
      if (end === -1) {
        this.pending = bytes;
        return;
      }
      this.pending = undefined;
      this.head = bytes.latin1Slice(0, end + 4);
      this.workload = WORKLOADS.get(/x-bench: (\w+)/i.exec(this.head)?.[1]) ?? PROBE;
      this.length = Number(/content-length: (\d+)/i.exec(this.head)?.[1] ?? 0);
      this.offset = 0;
      this.isPrintedAnew = this.head.includes('x-printed-anew');
      if (this.isPrintedAnew) seen.printedAnew += 1;
      if (this.length !== this.workload.body.length) seen.faults += 1;
      this.body(bytes.subarray(end + 4));
    } else this.body(chunk);
  }

  body(bytes) {
    const { body } = this.workload;
    const end = this.offset + bytes.length;
    if (end > body.length) seen.faults += 1;
    else if (!this.isPrintedAnew && body.compare(bytes, 0, bytes.length, this.offset, end) !== 0) {
      seen[isMasked(this.workload, bytes, this.offset) ? 'masked' : 'faults'] += 1;
    }
    this.offset = end;
    if (end < this.length) return;
    const { head } = this;
    this.head = undefined;
    this.onRequest(this.workload, head);
  }
}
