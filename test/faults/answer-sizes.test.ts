import { hash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MESSAGE } from '../support/post-json.js';
import { type Answer, type Form, type Sent, sentFor, serveSized } from '../support/sized-answers.js';
import { type Coding, FAR_URL, type Kind } from '../support/sized-bodies.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { startUpstream, type Upstream } from '../support/start-upstream.js';

const KB = 1024;
const MB = 1024 * KB;
const LARGEST = 8 * MB + 1;
const CONCURRENT = 6;
/** Late answers need no CPU while they wait. */
const CONCURRENT_LATE = 50;

interface Received {
  readonly status: number;
  readonly body: Buffer;
}

interface Reader {
  readonly kind: Kind;
  readonly path: string;
  readonly body?: object;
  readonly status?: number;
  readonly isLate?: boolean;
  /** The expected result of a client for this body of the upstream, raw and decoded. */
  expected(sent: Sent): unknown;
  /** The same for the received answer. */
  seen(received: Received): unknown;
}

const isCut = ({ plain }: Sent) => plain.length < 1_000;
const asItCame = ({ status, body }: Received) => ({ status, bytes: body.length, digest: hash('md5', body) });
const relayed = (raw: Buffer, status = 200) => ({ status, bytes: raw.length, digest: hash('md5', raw) });
const statusAlone = ({ status }: Received) => ({ status });

/** The text of a message in one of OpenAI's forms, or the status of a refusal. */
const spoken = (textIn: (body: string) => string) => (received: Received) =>
  received.status === 200 ? { bytes: Buffer.byteLength(textIn(String(received.body))) } : statusAlone(received);
const said = (sent: Sent) => (isCut(sent) ? { status: 502 } : { bytes: textBytesIn(sent.plain) });
/** There the gateway requests streams without a content coding. */
const saidInStream = (sent: Sent) => (sent.coding === 'plain' ? said(sent) : { status: 502 });
const eventsIn = (body: string) =>
  [...body.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data!) as Record<string, unknown>);

const stream = { ...MESSAGE, stream: true };
const chat = { model: MESSAGE.model, messages: MESSAGE.messages };
const input = { model: MESSAGE.model, input: 'hello' };
const refusal = (status: number): Reader => ({
  ...{ kind: 'refusal', path: '/v1/messages', body: MESSAGE, status },
  expected: (sent) => (isCut(sent) ? { isError: true } : refused(sent, status)),
  seen: (received) => (received.body.length < 1_000 ? { isError: received.status >= 400 } : asItCame(received)),
});
/** Above 8 MiB only the status is kept. */
const refused = ({ raw }: Sent, status: number) => (raw.length > 8 * MB ? { isError: true } : relayed(raw, status));
const plainRelay = (kind: Kind, path: string): Reader => ({
  ...{ kind, path },
  expected: ({ raw }) => relayed(raw),
  seen: asItCame,
});

const READERS: Readonly<Record<string, Reader>> = {
  'JSON of /v1/messages': {
    ...{ kind: 'message', path: '/v1/messages', body: MESSAGE },
    expected: ({ raw }) => (raw.length === 0 ? { status: 502 } : relayed(raw)),
    seen: (received) => (received.status === 200 ? asItCame(received) : statusAlone(received)),
  },
  'a refusal of /v1/messages': refusal(400),
  'a rate limit of /v1/messages': refusal(429),
  'a stream of /v1/messages': {
    ...{ kind: 'stream', path: '/v1/messages', body: stream },
    expected: (sent) => (isCut(sent) ? { status: 502 } : relayed(sent.raw)),
    seen: (received) => (received.status === 200 ? asItCame(received) : statusAlone(received)),
  },
  'a stream after a heartbeat': {
    ...{ kind: 'stream', path: '/v1/messages', body: stream, isLate: true },
    expected: (sent) => (isCut(sent) ? { isError: true } : relayed(sent.plain)),
    seen: ({ status, body }) => {
      const plain = withoutPings(body);
      return plain.includes('event: error') ? { isError: true } : asItCame({ status, body: plain });
    },
  },
  'a refusal after a heartbeat': {
    ...{ kind: 'refusal', path: '/v1/messages', body: stream, status: 400, isLate: true },
    expected: () => ({ isError: true }),
    seen: ({ body }) => ({ isError: withoutPings(body).includes('event: error') }),
  },
  'a page of batches': {
    ...{ kind: 'page', path: '/v1/messages/batches?limit=1000' },
    expected: ({ raw }) => relayed(raw),
    seen: ({ status, body }) => {
      const near = /http:\/\/127\.0\.0\.1:\d+\/v1\/messages\/batches\/msgbatch_1\/results/;
      return asItCame({ status, body: Buffer.from(body.toString('latin1').replace(near, FAR_URL), 'latin1') });
    },
  },
  'results of a batch': plainRelay('bytes', '/v1/messages/batches/msgbatch_1/results'),
  'a file': plainRelay('bytes', '/v1/files/file_1/content'),
  'a list of models': plainRelay('page', '/v1/models'),
  'a chat': {
    ...{ kind: 'message', path: '/v1/chat/completions', body: chat },
    expected: said,
    seen: spoken((body) => JSON.parse(body).choices[0].message.content),
  },
  'a chat as a stream': {
    ...{ kind: 'stream', path: '/v1/chat/completions', body: { ...chat, stream: true } },
    expected: saidInStream,
    seen: spoken((body) =>
      eventsIn(body)
        .map((each) => (each as never as ChatChunk).choices[0]?.delta.content ?? '')
        .join(''),
    ),
  },
  'a response': {
    ...{ kind: 'message', path: '/v1/responses', body: input },
    expected: said,
    seen: spoken((body) => JSON.parse(body).output[0].content[0].text),
  },
  'a response as a stream': {
    ...{ kind: 'stream', path: '/v1/responses', body: { ...input, stream: true } },
    expected: saidInStream,
    seen: spoken((body) =>
      eventsIn(body)
        .map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : ''))
        .join(''),
    ),
  },
};

interface ChatChunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}

/** All sizes and codings for a reader; expensive ones only once. */
function answersFor({ kind, status = 200, isLate = false }: Reader): Answer[] {
  const of = (sizes: number[], codings: Coding[], forms: Form[]) =>
    sizes.flatMap((bytes) =>
      codings.flatMap((coding) => forms.map((form) => ({ kind, status, isLate, bytes, coding, form }))),
    );
  return [
    ...of([0, 1, 64 * KB, 140 * KB, MB], ['plain', 'gzip'], ['whole', 'odd', 'until close']),
    ...of([140 * KB, MB], ['deflate', 'br', 'zstd'], ['whole', 'odd']),
    ...of([LARGEST], ['plain'], ['whole', 'odd']),
    ...of([LARGEST], ['gzip'], ['odd']),
  ];
}

describe('an answer of an upstream', () => {
  const answers = new Map<string, Answer>();
  let upstream: Upstream;
  let gateway: RunningGateway;
  let quick: RunningGateway;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    upstream = await startUpstream((asked, response) => serveSized(asked, response, answers));
    const environment = { ANTHROPIC_UPSTREAM_URL: upstream.url, FALLBACK_CHAIN: 'anthropic', THROTTLE_LIMIT: '0' };
    gateway = await startGateway({ ...environment, PING_AFTER_SECONDS: '300', MAX_RETRY_WAIT_SECONDS: '0' });
    quick = await startGateway({ ...environment, PING_AFTER_SECONDS: '1', MAX_RETRY_WAIT_SECONDS: '0' });
  });
  afterAll(async () => {
    agent.destroy();
    await Promise.all([gateway.close(), quick.close()]);
    await upstream.close();
  });

  let asked = 0;
  const ask = (reader: Reader, answer: Answer) => {
    const key = `sk-ant-size-${asked++}`;
    answers.set(key, answer);
    return receive(agent, (answer.isLate ? quick : gateway).port, reader, key).finally(() => answers.delete(key));
  };

  it.each(Object.entries(READERS))(
    'is read to its end with any size, coding and split: %s',
    async (_name, reader) => {
      const waiting = answersFor(reader);
      const wrong: unknown[] = [];
      const worker = async () => {
        for (let answer = waiting.shift(); answer; answer = waiting.shift()) {
          const expected = reader.expected(sentFor(answer));
          const seen = await ask(reader, answer).then(reader.seen, String);
          if (JSON.stringify(seen) !== JSON.stringify(expected)) wrong.push({ answer, expected, seen });
        }
      };
      await Promise.all(Array.from({ length: reader.isLate ? CONCURRENT_LATE : CONCURRENT }, worker));
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});

function receive(agent: Agent, port: number, { path, body }: Reader, key: string): Promise<Received> {
  const isOpenAi = path.startsWith('/v1/chat') || path.startsWith('/v1/responses');
  const credential = isOpenAi ? { authorization: `Bearer ${key}` } : { 'x-api-key': key };
  const headers = { ...credential, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
  return new Promise((resolve, reject) => {
    const options = { agent, host: '127.0.0.1', port, path, method: body ? 'POST' : 'GET', headers };
    const asking = request(options, async (response) => {
      try {
        const chunks: Buffer[] = await Array.fromAsync(response);
        resolve({ status: response.statusCode!, body: Buffer.concat(chunks) });
      } catch (error) {
        reject(error);
      }
    });
    asking.once('error', reject).end(body && JSON.stringify(body));
  });
}

function withoutPings(body: Buffer): Buffer {
  return Buffer.from(body.toString('latin1').replaceAll('event: ping\ndata: {"type": "ping"}\n\n', ''), 'latin1');
}

function textBytesIn(plain: Buffer): number {
  const text = String(plain);
  if (text.startsWith('{')) return Buffer.byteLength(JSON.parse(text).content[0].text);
  const deltas = eventsIn(text).map(({ type, delta }) =>
    type === 'content_block_delta' ? (delta as { text: string }).text : '',
  );
  return Buffer.byteLength(deltas.join(''));
}
