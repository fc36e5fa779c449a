import { measureCost } from '@claude-proxy/messages-api/testing';
import { describe, expect, it } from '@jest/globals';
import { BodyMasker } from './body-masker.js';
import { SseRestorer } from './sse-restorer.js';

const TEXT_BYTES = 256 * 1024;
const OPTIONS = { hasAddresses: true };

describe('a hostile text of 256 KiB', () => {
  it.each([
    ['hosts without an end', 'a.b.c.d.e.f.'],
    ['suffixes', '.s3.amazonaws.com'],
    ['labels before a suffix', `${'a-1.'.repeat(100)}rds.amazonaws.com`],
    ['heads of ARNs', 'arn:aws:x::'],
    ['heads of ARNs of S3', 'arn:aws:s3:::*'],
    ['identifiers', 'vpc-0a1b2c3d4e5f60718 '],
    ['secrets', 'secret_key=q1Zr8XbT/5uYv0Kd+WmE3sHn7PoLcA2jFgRiB9xV\n'],
    ['words that precede secrets', 'secret: "'],
    ['colors', '\u001b[31mi-'],
    ['percent signs', '%41%3a'],
    ['digits', '1234'],
    ['hyphens', 'a-'],
    ['escaped slashes', 'x\\/'],
  ])('is masked in bounded time: %s', async (_name, piece) => {
    const content = piece.repeat(TEXT_BYTES / piece.length);
    const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content }] }));
    const masker = new BodyMasker(Buffer.alloc(32), OPTIONS);
    const cost = measureCost();
    await masker.maskInTurns(body);
    expect(cost()).toBeLessThan(1_000);
  });

  it('of a thousand different secrets is masked and restored in bounded time', () => {
    const secrets = Array.from(
      { length: 1_000 },
      (_, index) => `secret_key=${String(index).padStart(4, '0')}8XbT/5uYv0Kd+WmE3sHn7PoLcA2jFgRiB9`,
    );
    const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: secrets.join('\n') }] }));
    const cost = measureCost();
    const { map } = new BodyMasker(Buffer.alloc(32), OPTIONS).mask(body);
    const restorer = new SseRestorer(map, OPTIONS, { restored: new Map(), left: 0 });
    const event =
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"some words "}}\n\n';
    for (let index = 0; index < 200; index += 1) restorer.write(Buffer.from(event));
    expect(cost()).toBeLessThan(1_500);
  });
});
