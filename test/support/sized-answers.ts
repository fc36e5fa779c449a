import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { bodyOf, type Coding, encoded, type Kind } from './sized-bodies.js';

/** Later than the first heartbeat, which is sent after a second. */
const LATE_MS = 1_300;
const TYPE_OF: Readonly<Record<Kind, string>> = {
  message: 'application/json',
  stream: 'text/event-stream; charset=utf-8',
  refusal: 'application/json',
  page: 'application/json',
  bytes: 'application/octet-stream',
};
const PRIMES = [7, 1_009, 3, 65_537];

/** The framing of a body: with a length, in odd chunks, or until the connection closes. */
export type Form = 'whole' | 'odd' | 'until close';

export interface Answer {
  readonly kind: Kind;
  readonly status: number;
  readonly isLate: boolean;
  readonly bytes: number;
  readonly coding: Coding;
  readonly form: Form;
}

/** A body, raw and decoded. */
export interface Sent {
  readonly raw: Buffer;
  readonly plain: Buffer;
  readonly coding: Coding;
}

const bodies = new Map<string, Sent>();

/** Built once per kind, size and coding. */
export function sentFor({ kind, bytes, coding }: Answer): Sent {
  const key = `${kind} ${bytes} ${coding}`;
  let sent = bodies.get(key);
  if (!sent) {
    const plain = coding === 'plain' ? bodyOf(kind, bytes) : sentFor({ kind, bytes, coding: 'plain' } as Answer).plain;
    sent = { plain, raw: encoded(plain, coding), coding };
    bodies.set(key, sent);
  }
  return sent;
}

/** Answers as planned for the credential of the request. */
export async function serveSized(
  asked: IncomingMessage,
  response: ServerResponse,
  answers: ReadonlyMap<string, Answer>,
) {
  asked.resume();
  const { authorization = '', 'x-api-key': key = authorization.replace('Bearer ', '') } = asked.headers;
  const answer = answers.get(String(key))!;
  if (answer.isLate) await sleep(LATE_MS);
  const { raw } = sentFor(answer);
  response.statusCode = answer.status;
  response.setHeader('content-type', TYPE_OF[answer.kind]);
  if (answer.coding !== 'plain') response.setHeader('content-encoding', answer.coding);
  if (answer.form === 'whole') response.setHeader('content-length', raw.length);
  if (answer.form === 'until close') {
    response.shouldKeepAlive = false;
    response.useChunkedEncodingByDefault = false;
  }
  if (answer.form !== 'odd') response.end(raw);
  else await writeOdd(response, raw);
}

/** First byte by byte, to split the header of every coding, then in pieces that split every character. */
async function writeOdd(response: ServerResponse, raw: Buffer): Promise<void> {
  for (let start = 0, count = 0; start < raw.length; count += 1) {
    const size = count < 24 ? 1 : PRIMES[count % PRIMES.length]!;
    const hasRoom = response.write(raw.subarray(start, start + size));
    start += size;
    if (count < 24 || !hasRoom) await nextTurn();
  }
  response.end();
}
