import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerReader } from './answer-reader.mjs';
import { PACED, requestHead, WORKLOADS } from './payloads.mjs';
import { sentAt } from './upstream.mjs';

const CONNECT_PATIENCE_MS = 10_000;

/** One connection that repeats a request and compares every answer with the bytes of the upstream. */
export class Client {
  faults = 0;
  answers = 0;
  firstByteMs = [];
  #expected;
  #offset = 0;
  #done;
  #sentMs = 0;
  #onBytes;

  static async open(port) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const patience = setTimeout(() => socket.destroy(new Error('no connection')), CONNECT_PATIENCE_MS);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    clearTimeout(patience);
    return new Client(socket, port);
  }

  constructor(socket, port) {
    this.socket = socket;
    this.port = port;
    this.reader = new AnswerReader({
      onHead: () => this.firstByteMs.push(performance.now() - this.#sentMs),
      onBody: (bytes) => this.#compare(bytes),
      onEnd: (status) => this.#end(status),
    });
    socket.on('data', (chunk) => this.reader.push(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end(0));
  }

  /** Resolves at the end of the answer. */
  ask(workload, expected, extra = '', onBytes = undefined) {
    this.#expected = expected;
    this.#offset = 0;
    this.#onBytes = onBytes;
    this.#sentMs = performance.now();
    this.socket.cork();
    this.socket.write(requestHead(workload, this.port, extra));
    this.socket.write(workload.body);
    this.socket.uncork();
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  close() {
    this.#done = undefined;
    this.socket.destroy();
  }

  get isClosed() {
    return this.socket.destroyed;
  }

  #compare(bytes) {
    const expected = this.#expected;
    const end = this.#offset + bytes.length;
    if (end > expected.length || expected.compare(bytes, 0, bytes.length, this.#offset, end) !== 0) this.faults += 1;
    this.#offset = end;
    this.#onBytes?.(end);
  }

  #end(status) {
    const done = this.#done;
    if (!done) return;
    this.#done = undefined;
    if (status !== 200 || this.#offset !== this.#expected.length) this.faults += 1;
    else this.answers += 1;
    done();
  }
}

/**
 * Saturates `connections` for the given time, or until `count` answers.
 *
 * @param head further header lines, each with its line end
 */
export async function saturate({
  port,
  head,
  workload: name,
  connections,
  milliseconds,
  count = Number.POSITIVE_INFINITY,
}) {
  const workload = WORKLOADS.get(name);
  const clients = await Promise.all(Array.from({ length: connections }, () => Client.open(port)));
  const begin = performance.now();
  let asked = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() - begin < milliseconds && asked < count && !client.isClosed) {
        asked += 1;
        await client.ask(workload, workload.answer.body, head);
      }
    }),
  );
  const tookMs = performance.now() - begin;
  for (const client of clients) client.close();
  return { ...sumOf(clients), tookMs, firstByteMs: sorted(clients.flatMap((client) => client.firstByteMs)) };
}

let streams = 0;

/**
 * Streams with one event every `intervalMs`, which begin within `beginMs`. Returns the delay of each event after its
 * sending.
 */
export async function pace({ port, head = '', streams: count, intervalMs, events, beginMs = 0 }) {
  const workload = WORKLOADS.get('paced');
  const expected = PACED.bodyOf(events);
  const delays = [];
  const clients = await Promise.all(Array.from({ length: count }, () => Client.open(port)));
  await Promise.all(
    clients.map(async (client, index) => {
      if (beginMs > 0) await sleep((index * beginMs) / count);
      const id = ++streams;
      let arrived = 0;
      const onBytes = (offset) => {
        const now = performance.now();
        const upTo = Math.min(events, Math.floor((offset - PACED.openingBytes) / PACED.deltaBytes));
        const times = sentAt.get(id);
        for (; arrived < upTo; arrived += 1) delays.push(now - times[arrived]);
        if (arrived === events) sentAt.delete(id);
      };
      return client.ask(workload, expected, `${head}x-stream: ${id}\r\nx-pace: ${events} ${intervalMs}\r\n`, onBytes);
    }),
  );
  for (const client of clients) client.close();
  const firstByteMs = sorted(clients.flatMap((client) => client.firstByteMs));
  return { ...sumOf(clients), events: delays.length, delayMs: sorted(delays), firstByteMs };
}

const idle = [];

/** Streams that have begun and stay silent until `closeIdle`. */
export async function openIdle({ port, streams: count }) {
  const workload = WORKLOADS.get('idle');
  let open = 0;
  for (let first = 0; first < count; first += 100) {
    const batch = Array.from({ length: Math.min(100, count - first) }, () => Client.open(port));
    await Promise.all(
      (await Promise.all(batch)).map(
        (client) =>
          new Promise((resolve) => {
            idle.push(client);
            client.ask(workload, PACED.bodyOf(0), '', (offset) => {
              if (offset === PACED.openingBytes) open += 1;
              resolve();
            });
            client.socket.once('close', resolve);
          }),
      ),
    );
  }
  return { open };
}

export function closeIdle() {
  for (const client of idle.splice(0)) client.close();
  return {};
}

function sumOf(clients) {
  return {
    answers: clients.reduce((sum, { answers }) => sum + answers, 0),
    faults: clients.reduce((sum, { faults }) => sum + faults, 0),
  };
}

function sorted(numbers) {
  return Float64Array.from(numbers).sort();
}
