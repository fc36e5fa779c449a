import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { alwaysStreamed, withStream } from './always-streamed.js';

const streamed = (text: string) => withStream(Buffer.from(text)).toString();
const received = (body: Buffer, headers: string[] = []) =>
  ({ operation: 'messages', path: '/v1/messages', headers, body, host: undefined, user: 'alice' }) as const;

describe('withStream', () => {
  it.each([
    ['{}', '{"stream":true}'],
    [' { "model" : "m" } ', ' {"stream":true, "model" : "m" } '],
    ['{"a":1,"stream": false , "b":2}', '{"a":1,"stream": true , "b":2}'],
    ['{"stream":null}', '{"stream":true}'],
    ['{"stream":true}', '{"stream":true}'],
    ['{"a":{"stream":false}}', '{"stream":true,"a":{"stream":false}}'],
    ['{"a":"{\\"stream\\":false}"}', '{"stream":true,"a":"{\\"stream\\":false}"}'],
  ])('turns %s into %s', (body, expected) => {
    expect(streamed(body)).toBe(expected);
  });

  it('puts it before a member whose key is too long for a name', () => {
    const body = JSON.stringify({ ['k'.repeat(300)]: 1 });
    expect(streamed(body)).toBe(`{"stream":true,${body.slice(1)}`);
  });

  it('sets the one of a repeated member that counts', () => {
    expect(JSON.parse(streamed('{"stream":false,"stream":false}')).stream).toBe(true);
  });

  it('keeps every other byte', () => {
    const bytes = Buffer.concat([Buffer.from('{"text":"gr'), Buffer.from([0xc3, 0xbc]), Buffer.from('ße"}')]);
    expect(withStream(bytes).subarray(15)).toEqual(bytes.subarray(1));
  });
});

describe('alwaysStreamed', () => {
  it('opens a compressed body, and then no longer calls it compressed', async () => {
    const headers = ['Content-Encoding', 'gzip', 'x-other', '1'];
    const { body, headers: left } = await alwaysStreamed(received(gzipSync('{"a":1}'), headers));
    expect(body.toString()).toBe('{"stream":true,"a":1}');
    expect(left).toEqual(['x-other', '1']);
  });

  it.each(['', '[]', '{"a":', 'hello'])('leaves %j as it is', async (text) => {
    expect((await alwaysStreamed(received(Buffer.from(text)))).body.toString()).toBe(text);
  });
});
