import { describe, expect, it } from '@jest/globals';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import { chunkFrame, exceptionFrame } from './event-stream-frames.js';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

function decoded(frame: Buffer) {
  const { headers, body } = codec.decode(frame);
  return { headers, payload: JSON.parse(Buffer.from(body).toString('utf8')) };
}

describe('event-stream frames', () => {
  it('carry an Anthropic event as base64 that the AWS codec decodes', () => {
    const event = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße 👋' } };
    const { headers, payload } = decoded(chunkFrame(event));
    expect(headers[':message-type']?.value).toBe('event');
    expect(headers[':event-type']?.value).toBe('chunk');
    expect(headers[':content-type']?.value).toBe('application/json');
    expect(JSON.parse(Buffer.from(payload.bytes, 'base64').toString('utf8'))).toEqual(event);
    expect(payload.p).toMatch(/^abcd/);
  });

  it('vary their padding from frame to frame', () => {
    const event = { type: 'ping' };
    expect(chunkFrame(event, 1).length).not.toBe(chunkFrame(event, 2).length);
  });

  it('name an exception in lower camel case', () => {
    const { headers, payload } = decoded(
      exceptionFrame('ModelStreamErrorException', { message: 'm', originalStatusCode: 500 }),
    );
    expect(headers[':message-type']?.value).toBe('exception');
    expect(headers[':exception-type']?.value).toBe('modelStreamErrorException');
    expect(payload).toEqual({ message: 'm', originalStatusCode: 500 });
  });
});
