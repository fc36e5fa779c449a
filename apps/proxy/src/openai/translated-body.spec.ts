import { sseEvent } from '@claude-proxy/messages-api';
import { type AnswerBody, type BodySink, bodyOfChunks } from '@claude-proxy/upstream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChatStream } from './chat/anthropic-to-chat-stream.js';
import { ResponsesStream } from './responses/anthropic-to-responses-stream.js';
import type { StreamTranslation } from './stream-translation.js';
import { TranslatedBody } from './translated-body.js';

const EVENTS = [
  { type: 'message_start', message: { id: 'msg_1', model: 'claude-opus-5-5', usage: { input_tokens: 3 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
  { type: 'ping' },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Grüße 東京 ' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: '👩‍💻' } },
  { type: 'content_block_stop', index: 1 },
  { type: 'something_new', index: 9 },
  { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'toolu_1', name: 'a', input: {} } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"x":' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '1}' } },
  { type: 'content_block_stop', index: 2 },
  { type: 'content_block_start', index: 3, content_block: { type: 'tool_use', id: 'toolu_2', name: 'b', input: {} } },
  { type: 'content_block_stop', index: 3 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
  { type: 'message_delta', delta: {}, usage: { output_tokens: 8 } },
  { type: 'message_stop' },
];
const bytesOf = (events: readonly { type: string }[]) =>
  Buffer.from(events.map((event) => sseEvent(event.type, JSON.stringify(event))).join(''));

interface Read {
  readonly text: string;
  readonly broken: string[];
}

const read = (chunks: Iterable<Buffer>, translation: StreamTranslation): Promise<Read> =>
  new Promise((resolve, reject) => {
    const broken: string[] = [];
    const written: Buffer[] = [];
    const source = bodyOfChunks(
      (async function* () {
        yield* chunks;
      })(),
    );
    new TranslatedBody(source, { write() {} }, translation, (reason) => broken.push(reason)).pipe({
      write: (chunk) => written.push(chunk) > 0,
      end: () => resolve({ text: Buffer.concat(written).toString(), broken }),
      fail: reject,
    });
  });
const framesOf = (text: string) =>
  text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => frame.replace(/^(event: .*\n)?data: /, ''));
const withoutTime = (text: string) => text.replace(/"(created|created_at|completed_at)":\d+/g, '"$1":0');
const REQUEST = { instructions: 'Be brief.' };

describe('a chat as a stream', () => {
  it('is what its events say', async () => {
    const { text } = await read([bytesOf(EVENTS)], new ChatStream(true));
    const frames = framesOf(text);
    expect(frames.pop()).toBe('[DONE]');
    const chunks = frames.map((frame) => JSON.parse(frame));
    expect(chunks.map(({ choices, usage }) => choices[0]?.delta ?? usage.total_tokens)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { reasoning_content: 'hm' },
      { content: 'Grüße 東京 ' },
      { content: '👩‍💻' },
      { tool_calls: [{ index: 0, id: 'toolu_1', type: 'function', function: { name: 'a', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"x":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '1}' } }] },
      { tool_calls: [{ index: 1, id: 'toolu_2', type: 'function', function: { name: 'b', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
      {},
      11,
    ]);
    expect(chunks.at(-2).choices[0].finish_reason).toBe('tool_calls');
    expect(text).not.toMatch(/^event:/m);
  });

  it('tells no usage unless asked', async () => {
    const { text } = await read([bytesOf(EVENTS)], new ChatStream(false));
    expect(text).not.toContain('usage');
  });

  it('tells a refusal before it ends', async () => {
    const refused = { type: 'message_delta', delta: { stop_reason: 'refusal', stop_details: { explanation: 'no' } } };
    const { text } = await read([bytesOf([EVENTS[0]!, refused, { type: 'message_stop' }])], new ChatStream(false));
    const chunks = framesOf(text)
      .slice(0, -1)
      .map((frame) => JSON.parse(frame));
    expect(chunks.at(-2).choices[0].delta).toEqual({ refusal: 'no' });
    expect(chunks.at(-1).choices[0].finish_reason).toBe('content_filter');
  });
});

describe.each([
  ['a chat', () => new ChatStream(true)],
  ['a response', () => new ResponsesStream(REQUEST)],
])('%s', (_name, newTranslation) => {
  it('is the same wherever the bytes are split', async () => {
    const bytes = bytesOf(EVENTS);
    const whole = withoutTime((await read([bytes], newTranslation())).text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 30 }), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        const { text, broken } = await read(chunks, newTranslation());
        expect(withoutTime(text)).toBe(whole);
        expect(broken).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same byte by byte, with CRLF', async () => {
    const bytes = Buffer.from(bytesOf(EVENTS).toString().replaceAll('\n', '\r\n'));
    const chunks = Array.from(bytes, (byte) => Buffer.from([byte]));
    const whole = withoutTime((await read([bytesOf(EVENTS)], newTranslation())).text);
    expect(withoutTime((await read(chunks, newTranslation())).text)).toBe(whole);
  });

  it('ends with an error wherever it is cut, and never pretends to be complete', async () => {
    const bytes = bytesOf(EVENTS);
    const whole = bytes.length;
    for (let end = 0; end < whole; end += 37) {
      const { text, broken } = await read([bytes.subarray(0, end)], newTranslation());
      expect(broken).toEqual(['the upstream ended its stream before the message was complete']);
      expect(framesOf(text).at(-1)).toContain('incomplete');
      expect(text).not.toMatch(/\[DONE\]|response\.completed/);
    }
  });

  it('ends at an error event, and says nothing after it', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const bytes = bytesOf([...EVENTS.slice(0, 7), error, ...EVENTS.slice(7)]);
    const { text, broken } = await read([bytes], newTranslation());
    expect(framesOf(text).at(-1)).toContain('"code":"overloaded"');
    expect(text).not.toContain('👩‍💻');
    expect(broken).toEqual(['error event: overloaded_error']);
  });

  it.each([
    ['no JSON', 'event: content_block_delta\ndata: {"type":"content_\n\n'],
    ['no object', 'event: content_block_delta\ndata: 7\n\n'],
    ['an event of 5 MB', `event: content_block_delta\ndata: {"x":"${'y'.repeat(5_000_000)}"}\n\n`],
    ['an error without a message', 'event: error\ndata: {}\n\n'],
  ])('ends with an error at %s', async (_kind, garbage) => {
    const [first, rest] = [garbage.slice(0, -5), garbage.slice(-5)].map((part) => Buffer.from(part));
    const chunks = [bytesOf(EVENTS.slice(0, 7)), first!, rest!, bytesOf(EVENTS.slice(7))];
    const { text, broken } = await read(chunks, newTranslation());
    expect(broken).toHaveLength(1);
    expect(text).not.toMatch(/\[DONE\]|response\.completed/);
  });

  it('takes no notice of what comes after its end', async () => {
    const once = await read([bytesOf(EVENTS)], newTranslation());
    const twice = await read([bytesOf([...EVENTS, ...EVENTS])], newTranslation());
    expect(withoutTime(twice.text)).toBe(withoutTime(once.text));
    expect(twice.broken).toEqual([]);
  });
});

describe('the flow', () => {
  /** A source that writes when told to. */
  const source = () => {
    let sink: BodySink | undefined;
    const calls: string[] = [];
    const body: AnswerBody = {
      pipe(reader) {
        sink = reader;
      },
      resume: () => calls.push('resume'),
      destroy: () => calls.push('destroy'),
    };
    return { body, calls, write: (bytes: Buffer) => sink!.write(bytes), fail: (error: Error) => sink!.fail(error) };
  };
  const piped = (hasRoom: () => boolean) => {
    const { body, ...rest } = source();
    const watched: Buffer[] = [];
    const written: string[] = [];
    const broken: string[] = [];
    const watch = { write: (chunk: Buffer) => watched.push(chunk) };
    const translated = new TranslatedBody(body, watch, new ChatStream(false), (reason) => broken.push(reason));
    translated.pipe({
      write(chunk) {
        written.push(chunk.toString());
        return hasRoom();
      },
      end: () => written.push('END'),
      fail: () => written.push('FAIL'),
    });
    return { translated, watched, written, broken, ...rest };
  };

  it('stops the source when the reader has no room, also for events that say nothing, until it has', () => {
    let hasRoom = false;
    const { translated, calls, write } = piped(() => hasRoom);
    expect(write(bytesOf(EVENTS.slice(0, 1)))).toBe(false);
    expect(write(bytesOf(EVENTS.slice(1, 4)))).toBe(false);
    hasRoom = true;
    translated.resume();
    expect(calls).toEqual(['resume']);
    expect(write(bytesOf(EVENTS.slice(1, 4)))).toBe(true);
  });

  it('hands each event on at once, and shows all bytes to who watches', () => {
    const { written, watched, write } = piped(() => true);
    for (const event of EVENTS) write(bytesOf([event]));
    expect(Buffer.concat(watched)).toEqual(bytesOf(EVENTS));
    expect(written.length).toBeGreaterThan(8);
  });

  it('tells that the upstream broke off, and ends', () => {
    const { written, broken, write, fail } = piped(() => true);
    write(bytesOf(EVENTS.slice(0, 7)));
    fail(new Error('socket hang up'));
    expect(written.at(-2)).toContain('socket hang up');
    expect(written.at(-1)).toBe('END');
    expect(broken).toEqual(['the upstream broke off: socket hang up']);
  });

  it('is complete when the connection breaks after its last event', () => {
    const { written, broken, write, fail } = piped(() => true);
    write(bytesOf(EVENTS));
    fail(new Error('socket hang up'));
    expect([written.at(-1), broken]).toEqual(['END', []]);
  });

  it('lets the source go with its reader', () => {
    const { translated, calls } = piped(() => true);
    translated.destroy();
    expect(calls).toEqual(['destroy']);
  });
});
