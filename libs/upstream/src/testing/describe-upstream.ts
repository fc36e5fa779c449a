import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chunksOfBody, readBody } from '../answer-body.js';
import type { AnswerBody, Credential, SendOptions, UpstreamProvider, UpstreamRequest } from '../contract.js';
import { headerOf } from '../header-lines.js';
import { UpstreamError } from '../upstream-error.js';

/** One provider, with a service behind it that a test can control. */
export interface UpstreamStage {
  readonly provider: UpstreamProvider;
  /** A model that the provider serves. */
  readonly model: string;
  /** The next request gets a complete answer. */
  willAnswer(): void;
  /** The next request gets a text of this many bytes. */
  willAnswerAtLength(textBytes: number): void;
  /** The next request is refused as invalid, with a message of this many bytes. */
  willRefuseAtLength(messageBytes: number): void;
  /** The next request gets a 429, or the equivalent of the service. */
  willLimit(): void;
  /** The next request's connection is reset before any answer. */
  willReset(): void;
  /** The next request gets no answer and stays open until the caller leaves. Resolves once it has arrived. */
  willBeSilent(): Promise<unknown>;
  /** The next stream is cut off after its start. */
  willCut(): void;
  /** The next stream stays open after its start, until the caller leaves. */
  willStall(): void;
  /** Resolves with true once the provider has closed the connection of the last request. */
  wasLetGo(): Promise<boolean>;
  close(): Promise<void>;
}

const CREDENTIAL: Credential = {
  header: 'x-api-key',
  value: 'sk-ant-contract',
  fingerprint: '0123456789ab',
  digest: '0123456789ab'.padEnd(64, '0'),
  source: 'client',
};
const MAX_ANSWER_BYTES = 1024 * 1024;
/** More than three reads of a socket (64 KB each), so the body is paused in the middle. */
const LARGE_BYTES = 300_000;

/** The behavior that the gateway expects of every upstream. */
export function describeUpstream(name: string, open: () => Promise<UpstreamStage>): void {
  describe(`the ${name} upstream`, () => {
    let stage: UpstreamStage;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.close());

    const send = (isStream: boolean, signal = new AbortController().signal) =>
      stage.provider.send(requestFor(stage.model, isStream), { signal, credential: CREDENTIAL } satisfies SendOptions);
    const failureOf = async (sent: Promise<unknown>) => {
      const error = await sent.then(() => undefined).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UpstreamError);
      return (error as UpstreamError).failure;
    };

    it('accepts a plain request for its model', () => {
      expect(stage.provider.accepts(requestFor(stage.model, false))).toEqual({ accepted: true });
    });

    it('answers a message in the Messages form, with the requested model', async () => {
      stage.willAnswer();
      const answer = await send(false);
      const message = JSON.parse((await readBody(answer.body, MAX_ANSWER_BYTES)).toString());
      expect(answer.status).toBe(200);
      expect(headerOf(answer.headers, 'content-type')).toMatch(/^application\/json/);
      expect(message).toMatchObject({ type: 'message', role: 'assistant', model: stage.model });
      expect(message.usage.output_tokens).toBeGreaterThan(0);
    });

    it('answers a stream as named server-sent events, from message_start to message_stop', async () => {
      stage.willAnswer();
      const answer = await send(true);
      const text = (await readBody(answer.body, MAX_ANSWER_BYTES)).toString();
      const names = [...text.matchAll(/^event: (.+)$/gm)].map(([, event]) => event);
      expect(headerOf(answer.headers, 'content-type')).toMatch(/^text\/event-stream/);
      expect(names[0]).toBe('message_start');
      expect(names.at(-1)).toBe('message_stop');
      expect(text).toContain(`"model":"${stage.model}"`);
      expect(text.endsWith('\n\n')).toBe(true);
    });

    it.each([true, false])(
      'delivers a large answer to a reader that takes one chunk at a time (stream: %s)',
      async (isStream) => {
        stage.willAnswerAtLength(LARGE_BYTES);
        const { body } = await send(isStream);
        expect(await bytesReadSlowly(body)).toBeGreaterThan(LARGE_BYTES);
      },
    );

    it.each([true, false])('throws a large refusal (stream: %s)', async (isStream) => {
      stage.willRefuseAtLength(LARGE_BYTES);
      expect(await failureOf(send(isStream))).toBe('rejected');
    });

    it.each([true, false])('throws rate_limited before any answer (stream: %s)', async (isStream) => {
      stage.willLimit();
      expect(await failureOf(send(isStream))).toBe('rate_limited');
    });

    it.each([true, false])(
      'throws unreachable when the connection is lost before any answer (stream: %s)',
      async (isStream) => {
        stage.willReset();
        expect(await failureOf(send(isStream))).toBe('unreachable');
      },
    );

    it('throws aborted and closes its connection if the caller leaves before the answer', async () => {
      const asked = stage.willBeSilent();
      const caller = new AbortController();
      const sent = failureOf(send(true, caller.signal));
      await asked;
      caller.abort();
      expect(await sent).toBe('aborted');
      expect(await stage.wasLetGo()).toBe(true);
    });

    it('throws aborted if the caller has already left', async () => {
      stage.willAnswer();
      expect(await failureOf(send(true, AbortSignal.abort()))).toBe('aborted');
    });

    it('closes its connection if the reader leaves mid-stream', async () => {
      stage.willStall();
      const answer = await send(true);
      for await (const _ of chunksOfBody(answer.body)) break;
      expect(await stage.wasLetGo()).toBe(true);
    });

    it('never ends a cut stream like a complete one', async () => {
      stage.willCut();
      const answer = await send(true);
      const text = await readBody(answer.body, MAX_ANSWER_BYTES).then(
        String,
        (error: Error) => `threw ${error.message}`,
      );
      expect(text).toMatch(/^event: error$|^threw /m);
      expect(text).not.toContain('event: message_stop');
    });
  });
}

/** Pauses the body after each chunk. Rejects on an empty chunk: it would repeat on each `resume()`, without end. */
function bytesReadSlowly(body: AnswerBody): Promise<number> {
  return new Promise((resolve, reject) => {
    let length = 0;
    body.pipe({
      write(chunk) {
        length += chunk.length;
        if (chunk.length === 0) reject(new Error(`an empty chunk came after ${length} bytes`));
        else queueMicrotask(() => body.resume());
        return false;
      },
      end: () => resolve(length),
      fail: reject,
    });
  });
}

function requestFor(model: string, isStream: boolean): UpstreamRequest {
  const content = { model, max_tokens: 64, stream: isStream, messages: [{ role: 'user', content: 'hello' }] };
  return {
    operation: 'messages',
    path: '/v1/messages',
    headers: ['content-type', 'application/json', 'anthropic-version', '2023-06-01'],
    body: Buffer.from(JSON.stringify(content)),
    model,
    isStream,
    user: 'contract',
    json: () => content,
  };
}
