import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodyOfBytes, bodyOfChunks, readBody } from '../answer-body.js';
import type { AnswerBody, UpstreamAnswer } from '../contract.js';
import type { ExchangeStep, StepCaller, StepEnd, StepRequest } from '../exchange-step.js';
import { headerOf } from '../header-lines.js';

/** One step, ready for requests. */
export interface StepStage {
  readonly step: ExchangeStep;
  /** A text in a message that makes the step act, if it acts on bodies. */
  readonly text?: string;
  /** For a step that needs more of a caller than every gateway passes. */
  caller?(): StepCaller;
  close?(): Promise<void>;
}

const OUTCOMES = ['completed', 'refused', 'aborted', 'broken'] as const;
const MAX_ANSWER_BYTES = 1024 * 1024;
const EVENTS = [
  [
    'message_start',
    { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', content: [] } },
  ],
  ['content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }],
  ['content_block_delta', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße, ' } }],
  ['ping', { type: 'ping' }],
  ['content_block_delta', { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'world.' } }],
  ['content_block_stop', { type: 'content_block_stop', index: 0 }],
  ['message_stop', { type: 'message_stop' }],
] as const;
const STREAM = EVENTS.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');

/** The behavior that the gateway expects of every step. */
export function describeStep(name: string, open: () => Promise<StepStage>): void {
  describe(`the step ${name}`, () => {
    let stage: StepStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.close?.());

    const run = async (request = requestWith(stage.text)) =>
      (await stage.step.before(request, (stage.caller ?? callerOf)())) ?? {};
    const answered = async (answer: UpstreamAnswer) => {
      const begun = await run();
      return begun.answer ? begun.answer(answer) : answer;
    };

    it('leaves the bytes of the request that it was given unchanged', async () => {
      const request = requestWith(stage.text);
      const before = Buffer.from(request.body!);
      await run(request);
      expect(request.body).toEqual(before);
    });

    it('replaces a body by one of the same form', async () => {
      const { body } = await run();
      expect(Object.keys(JSON.parse(String(body ?? requestWith(stage.text).body)))).toEqual(
        Object.keys(JSON.parse(String(requestWith(stage.text).body))),
      );
    });

    it('makes the same bytes of the same request each time', async () => {
      expect((await run()).body).toEqual((await run()).body);
    });

    it.each(['relay', 'count_tokens'] as const)('takes a request of operation %s', async (operation) => {
      const request = requestWith(stage.text, operation);
      await expect(run(request)).resolves.toBeDefined();
    });

    it.each(OUTCOMES)('takes the end of a request that is %s', async (outcome) => {
      const begun = await run();
      expect(() => begun.after?.(endOf(outcome))).not.toThrow();
    });

    it('returns a whole answer in the Messages form', async () => {
      const message = { id: 'msg_1', type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] };
      const { status, headers, body } = await answered(jsonAnswer(200, message));
      expect(status).toBe(200);
      expect(JSON.parse(String(await readBody(body, MAX_ANSWER_BYTES)))).toEqual(message);
      expectLength(headers, JSON.stringify(message));
    });

    it('returns a refusal of an upstream with its status and form', async () => {
      const refusal = { type: 'error', error: { type: 'invalid_request_error', message: 'Bad.' } };
      const { status, body } = await answered(jsonAnswer(400, refusal));
      expect(status).toBe(400);
      expect(JSON.parse(String(await readBody(body, MAX_ANSWER_BYTES)))).toEqual(refusal);
    });

    it.each([1, 7, 64, STREAM.length])(
      'returns the text of a stream that arrives in pieces of %i bytes',
      async (size) => {
        const { body } = await answered(streamOf(piecesOf(STREAM, size)));
        const text = String(await readBody(body, MAX_ANSWER_BYTES));
        expect(textIn(text)).toBe('Grüße, world.');
        expect(text.match(/^event: message_stop$/gm)).toHaveLength(1);
        expect(text.endsWith('\n\n')).toBe(true);
      },
    );

    it('never ends a broken stream like a complete one', async () => {
      const { body } = await answered(streamOf(brokenAfter(STREAM.slice(0, -40))));
      await expect(readBody(body, MAX_ANSWER_BYTES)).rejects.toThrow('cut');
    });

    it('closes the upstream if the reader leaves in the middle of a stream', async () => {
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      const { body } = await answered({ ...streamOf([]), body: openBody(STREAM.slice(0, -40), resolve) });
      body.pipe({ write: () => true, end() {}, fail() {} });
      body.destroy();
      await closed;
    });

    it('passes at most what a slow reader takes', async () => {
      const { body } = await answered(streamOf(piecesOf(STREAM, 16)));
      expect(textIn(await slowlyRead(body))).toBe('Grüße, world.');
    });

    it('answers two requests at once independently', async () => {
      const [one, other] = await Promise.all([
        answered(streamOf([Buffer.from(STREAM)])),
        answered(streamOf([Buffer.from(STREAM)])),
      ]);
      const texts = await Promise.all(
        [one, other].map(async ({ body }) => textIn(String(await readBody(body, MAX_ANSWER_BYTES)))),
      );
      expect(texts).toEqual(['Grüße, world.', 'Grüße, world.']);
    });
  });
}

function callerOf(): StepCaller {
  return {
    user: 'contract',
    credential: undefined,
    signal: new AbortController().signal,
    exchange: { id: 'exc_contract', user: 'contract', operation: 'messages' },
  };
}

function requestWith(text = 'hello', operation: StepRequest['operation'] = 'messages'): StepRequest {
  const content = {
    model: 'claude-opus-5-5',
    max_tokens: 64,
    stream: true,
    messages: [{ role: 'user', content: text }],
  };
  const body = Buffer.from(JSON.stringify(content));
  const isRelay = operation === 'relay';
  return {
    operation,
    method: 'POST',
    path: isRelay ? '/v1/messages/batches' : '/v1/messages',
    headers: ['content-type', 'application/json', 'anthropic-version', '2023-06-01'],
    model: isRelay ? undefined : content.model,
    isStream: !isRelay,
    body: isRelay ? undefined : body,
    readBody: async () => body,
  };
}

function endOf(outcome: StepEnd['outcome']): StepEnd {
  const isAnswered = outcome === 'completed';
  return {
    id: 'exc_contract',
    user: 'contract',
    operation: 'messages',
    outcome,
    status: isAnswered ? 200 : 502,
    upstream: isAnswered ? 'anthropic' : undefined,
    model: 'claude-opus-5-5',
    usage: isAnswered ? { input_tokens: 10, output_tokens: 5 } : undefined,
    costNanoUsd: isAnswered ? 175_000 : undefined,
  };
}

function jsonAnswer(status: number, value: unknown): UpstreamAnswer {
  const text = JSON.stringify(value);
  const headers = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(text))];
  return { status, headers, body: bodyOfBytes(text) };
}

function streamOf(chunks: AsyncIterable<Buffer> | readonly Buffer[]): UpstreamAnswer {
  const source = Symbol.asyncIterator in chunks ? chunks : eachOf(chunks);
  return { status: 200, headers: ['content-type', 'text/event-stream; charset=utf-8'], body: bodyOfChunks(source) };
}

async function* eachOf(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

function piecesOf(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

async function* brokenAfter(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
  throw new Error('cut');
}

function openBody(text: string, destroy: () => void): AnswerBody {
  return { pipe: (sink) => void sink.write(Buffer.from(text)), resume() {}, destroy };
}

/** Pauses the body after each chunk. Rejects if a chunk arrives in the pause. */
function slowlyRead(body: AnswerBody): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let isPaused = false;
    body.pipe({
      write(chunk) {
        if (isPaused) reject(new Error('a chunk arrived although the reader has no room'));
        chunks.push(chunk);
        isPaused = true;
        setImmediate(() => {
          isPaused = false;
          body.resume();
        });
        return false;
      },
      end: () => resolve(Buffer.concat(chunks).toString()),
      fail: reject,
    });
  });
}

function textIn(stream: string): string {
  const events = [...stream.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!));
  return events.map(({ delta }) => delta?.text ?? '').join('');
}

function expectLength(headers: UpstreamAnswer['headers'], text: string): void {
  const length = headerOf(headers, 'content-length');
  if (length !== undefined) expect(Number(length)).toBe(Buffer.byteLength(text));
}
