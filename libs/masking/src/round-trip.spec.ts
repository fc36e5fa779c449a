import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BodyMasker } from './body-masker.js';
import { FORMS } from './forms/forms.js';
import { restoredJson } from './json-restorer.js';
import { SseRestorer } from './sse-restorer.js';
import { TextStream } from './text-stream.js';
import { ToolInputStream } from './tool-input-stream.js';

const OPTIONS = { hasAddresses: true };
const KEY = Buffer.alloc(32, 7);
const newMasker = () => new BodyMasker(KEY, OPTIONS);
const newCounts = () => ({ restored: new Map<string, number>(), left: 0 });
const requestWith = (...texts: string[]) =>
  Buffer.from(JSON.stringify({ model: 'm', messages: texts.map((content) => ({ role: 'user', content })) }));
const textsIn = (body: Buffer) =>
  (JSON.parse(String(body)).messages as { content: string }[]).map(({ content }) => content);

const SPLITS = 20_000;
const EXAMPLES = FORMS.flatMap(({ examples }) => examples);

describe('a stream', () => {
  const masker = newMasker();
  const original = EXAMPLES.join('\n');
  const { body, map } = masker.mask(requestWith(original));
  const masked = textsIn(body!)[0]!;

  it('restores every form in single characters', () => {
    const stream = new TextStream(map, OPTIONS, newCounts());
    const out = [...masked].map((character) => stream.push(character)).join('') + stream.end();
    expect(out).toBe(original);
  });

  it.each([
    ['an escaped newline', '\\n'],
    ['a color', '\u001b[31m'],
    ['an escaped color', '\\x1b[1m'],
    ['an escaped quote', '\\u0022'],
    ['an encoded quote', '%22'],
    ['a hyphen of a list', '-'],
    ['emphasis', '**_'],
    ['a Korean word', '리소스'],
    ['an emoji', '🚀'],
  ])('restores an id in single characters behind %s', (_name, before) => {
    const ids = ['vpc-0a1b2c3d4e5f60718', 'AKIAQ3EGRMB5T2YKL7XA', 'arn:aws:iam::204813579264:role/team/ci-deployer'];
    for (const id of ids) {
      const said = `${before}${masked.split('\n')[EXAMPLES.indexOf(id)]!}`;
      const stream = new TextStream(map, OPTIONS, newCounts());
      const out = [...said].map((character) => stream.push(character)).join('') + stream.end();
      expect(out).toBe(`${before}${id}`);
    }
  });

  it('M3 gives texts whose masking is what the model said, however it is cut', () => {
    const words = fc.constantFrom(
      ...masked.split('\n'),
      'the ',
      'arn:aws:',
      'x',
      '-',
      '/',
      '.',
      ' ',
      '\n',
      '를 ',
      '*',
      '"',
      '\\n',
      '_',
      '0',
      'account ',
    );
    const text = fc.array(words, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (said, sizes) => {
        const stream = new TextStream(map, OPTIONS, newCounts());
        let out = '';
        for (let at = 0; at < said.length; ) {
          const size = sizes.next().value!;
          out += stream.push(said.slice(at, at + size));
          at += size;
        }
        out += stream.end();
        const [, again] = textsIn(masker.mask(requestWith(original, out)).body!);
        // Only what the model made up itself may differ, and that does not depend on what is restored.
        const [, plain] = textsIn(masker.mask(requestWith(original, said)).body!);
        expect(again).toBe(plain);
      }),
      { numRuns: 300 },
    );
  });

  it('M3 gives the same text for 20,000 ways to cut it', () => {
    const short = masked.split('\n').filter(({ length }) => length < 45);
    const restored = (said: string, cuts: readonly number[]) => {
      const stream = new TextStream(map, OPTIONS, newCounts());
      const ends = [...cuts, said.length];
      return ends.map((end, index) => stream.push(said.slice(ends[index - 1] ?? 0, end))).join('') + stream.end();
    };
    const differing: string[] = [];
    let count = 0;
    for (let index = 0; count < SPLITS; index += 1) {
      const said = `"${short[index % short.length]}", ${short[(index * 7 + 1) % short.length]}.`;
      const expected = restored(said, []);
      for (let first = 1 + (index % 3); first < said.length; first += 3) {
        for (let second = first; second < said.length; second += 3) {
          count += 1;
          if (restored(said, [first, second]) !== expected) differing.push(`${said} at ${first} and ${second}`);
        }
      }
    }
    expect(differing).toEqual([]);
  });

  it('restores a session token of 4,000 characters in single characters', () => {
    const token = `token IQoJb3JpZ2lu${'aB3dE5fG7+hI9jK1/'.repeat(300).slice(0, 3_988)} end`;
    const long = newMasker().mask(requestWith(token));
    const stream = new TextStream(long.map, OPTIONS, newCounts());
    const said = textsIn(long.body!)[0]!;
    expect(said).not.toContain('IQoJ');
    expect([...said].map((character) => stream.push(character)).join('') + stream.end()).toBe(token);
  });

  it('holds nothing of a text that cannot become a placeholder', () => {
    const stream = new TextStream(map, OPTIONS, newCounts());
    for (const piece of ['Hello', ' world', ', how', ' are', ' things', '?']) expect(stream.push(piece)).toBe(piece);
  });
});

describe('the input of a tool', () => {
  const masker = newMasker();
  const command = 'aws s3 cp "s3://acme-prod-logs/a" . --role arn:aws:iam::204813579264:role/ci-deployer\n# 를 \u00e9';
  const { body, map } = masker.mask(requestWith(command));
  const input = { command: textsIn(body!)[0]!, list: [1, { account_id: '0' }], 'k"ey': 'x' };

  it.each([
    ['as it is', JSON.stringify(input)],
    ['with blanks', JSON.stringify(input, null, 2)],
    ['with hyphens escaped', JSON.stringify(input).replaceAll('-', '\\u002d')],
    [
      'with all other scripts escaped',
      JSON.stringify(input).replace(
        /[\u0080-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    ],
  ])('M5 is valid JSON with originals, in single characters, %s', (_name, json) => {
    const stream = new ToolInputStream(map, OPTIONS, newCounts());
    const out = [...json].map((character) => stream.push(character)).join('') + stream.end();
    expect(JSON.parse(out)).toEqual({ ...input, command });
  });
});

describe('a request', () => {
  it('M4 begins with the bytes of the request before, in another process too', () => {
    const turns = EXAMPLES.map((example, index) => ({
      role: index % 2 ? 'assistant' : 'user',
      content: `see ${example}`,
    }));
    const bodyOf = (count: number) =>
      Buffer.from(JSON.stringify({ model: 'm', system: `in ${EXAMPLES[40]}`, messages: turns.slice(0, count) }));
    const masker = newMasker();
    let before = '';
    for (let count = 1; count <= turns.length; count += 7) {
      const now = String(masker.mask(bodyOf(count)).body);
      expect(now.startsWith(before)).toBe(true);
      expect(String(newMasker().mask(bodyOf(count)).body)).toBe(now);
      before = now.slice(0, -2);
    }
  });

  it('M7 leaves nothing in any place, and touches nothing else', () => {
    const canary = 'arn:aws:iam::204813579264:role/canary-role i-0a1b2c3d4e5f60718';
    const request = {
      model: 'claude',
      metadata: { user_id: 'i-0a1b2c3d4e5f60718' },
      system: [{ type: 'text', text: canary, cache_control: { type: 'ephemeral' } }],
      tools: [
        {
          name: 'i-0a1b2c3d4e5f60718',
          description: canary,
          input_schema: { type: 'object', properties: { a: { enum: [canary], default: canary, examples: [canary] } } },
        },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: canary },
            {
              type: 'document',
              title: canary,
              context: canary,
              source: { type: 'text', media_type: 'text/plain', data: 'x' },
            },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: canary, signature: 'sig' },
            {
              type: 'tool_use',
              id: 'toolu_1',
              name: 'n',
              input: { id: canary, name: canary, type: canary, nested: [{ token: canary }] },
            },
            { type: 'server_tool_use', id: 's', name: 'n', input: { query: canary } },
            { type: 'mcp_tool_use', id: 's', name: 'n', input: { query: canary } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: canary }] },
            { type: 'mcp_tool_result', content: canary },
            { type: 'search_result', title: canary, source: canary, content: [{ type: 'text', text: canary }] },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AKIAQ3EGRMB5T2YKL7XA' } },
            { type: 'unknown_block', anything: [canary] },
          ],
        },
        { role: 'system', content: canary },
      ],
      safeguards: [{ classifier_context: { home: canary, trusted: [canary] } }],
      mcp_servers: [{ url: `https://acme-login.auth.eu-west-1.amazoncognito.com` }],
      unknown_member: canary,
    };
    const { body } = newMasker().mask(Buffer.from(JSON.stringify(request)));
    const masked = JSON.parse(String(body));
    expect(masked.metadata).toEqual(request.metadata);
    expect(masked.tools[0].name).toBe(request.tools[0]!.name);
    expect(masked.messages[1].content[0]).toEqual(request.messages[1]!.content[0]);
    masked.metadata = masked.tools[0].name = masked.messages[1].content[0] = undefined;
    expect(JSON.stringify(masked)).not.toMatch(/204813579264|canary-role|0a1b2c3d4e5f60718|acme-login/);
    expect(JSON.stringify(masked)).toContain('AKIAQ3EGRMB5T2YKL7XA');
  });

  it('keeps every other byte: blanks, numbers, escapes and other scripts', () => {
    const text =
      '{ "messages" : [ {"role":"user", "content":"a\\u00e9\\/ 1.0 \u00e9 vpc-0a1b2c3d4e5f60718 \\ud83d"} ], "n": 1.00, "x":1e3 }';
    const masked = String(newMasker().mask(Buffer.from(text)).body);
    expect(masked).toMatch(/vpc-f[0-9a-f]{16} /);
    expect(masked.replace(/vpc-f[0-9a-f]{16}/, 'vpc-0a1b2c3d4e5f60718')).toBe(text);
  });

  it('masks an id whose characters are escaped in JSON', () => {
    const text =
      '{"messages":[{"role":"user","content":"arn:aws:iam::204813579264:role\\/ci-deployer vpc\\u002d0a1b2c3d4e5f60718"}]}';
    const masked = String(newMasker().mask(Buffer.from(text)).body);
    expect(JSON.parse(masked).messages[0].content).toMatch(/^arn:aws:iam::9\d{11}:role\/x.-.{8} vpc-f[0-9a-f]{16}$/);
  });

  it('masks a value by the key of its member', () => {
    const input = {
      account_id: '204813579264',
      Bucket: 'acme-prod-logs',
      SecretAccessKey: 'q1Zr8XbT/5uYv0Kd+WmE3sHn7PoLcA2jFgRiB9xV',
    };
    const body = Buffer.from(
      JSON.stringify({ messages: [{ role: 'assistant', content: [{ type: 'tool_use', input }] }] }),
    );
    const masked = String(newMasker().mask(body).body);
    for (const value of Object.values(input)) expect(masked).not.toContain(value);
  });

  it('restores a whole message and an error', () => {
    const { body, map } = newMasker().mask(requestWith('use arn:aws:iam::204813579264:role/ci-deployer'));
    const said = textsIn(body!)[0]!;
    const message = {
      type: 'message',
      content: [
        { type: 'thinking', thinking: said },
        { type: 'text', text: said },
        { type: 'tool_use', id: 'a', name: 'b', input: { x: said } },
      ],
    };
    const restored = JSON.parse(String(restoredJson(Buffer.from(JSON.stringify(message)), map, OPTIONS, newCounts())));
    expect(restored.content[0].thinking).toBe(said);
    expect(restored.content[1].text).toBe('use arn:aws:iam::204813579264:role/ci-deployer');
    expect(restored.content[2].input.x).toBe('use arn:aws:iam::204813579264:role/ci-deployer');
  });
});

describe('server-sent events', () => {
  const { body, map } = newMasker().mask(
    requestWith('vpc-0a1b2c3d4e5f60718 arn:aws:iam::204813579264:role/ci-deployer'),
  );
  const [vpc, role] = textsIn(body!)[0]!.split(' ') as [string, string];
  const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
  const delta = (index: number, member: object) => event('content_block_delta', { index, delta: member });
  const stream = [
    event('message_start', { message: { id: 'msg_1' } }),
    event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '' } }),
    delta(0, { type: 'thinking_delta', thinking: `about ${vpc}` }),
    event('content_block_stop', { index: 0 }),
    ...[...`in ${vpc}`].map((text) => delta(1, { type: 'text_delta', text })),
    event('ping', {}),
    event('content_block_stop', { index: 1 }),
    ...[...JSON.stringify({ role })].map((partial_json) => delta(2, { type: 'input_json_delta', partial_json })),
    event('content_block_stop', { index: 2 }),
    event('error', { error: { type: 'api_error', message: `bad ${vpc}.` } }),
  ].join('');

  it.each([1, 3, 17, 10_000])('are restored in chunks of %i bytes', (size) => {
    const restorer = new SseRestorer(map, OPTIONS, newCounts());
    let out = '';
    for (let at = 0; at < stream.length; at += size)
      out += String(restorer.write(Buffer.from(stream.slice(at, at + size))));
    out += String(restorer.end());
    const events = [...out.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!));
    const joined = (index: number, member: string) =>
      events
        .filter((one) => one.index === index)
        .map((one) => one.delta?.[member] ?? '')
        .join('');
    expect(joined(0, 'thinking')).toBe(`about ${vpc}`);
    expect(joined(1, 'text')).toBe('in vpc-0a1b2c3d4e5f60718');
    expect(JSON.parse(joined(2, 'partial_json'))).toEqual({ role: 'arn:aws:iam::204813579264:role/ci-deployer' });
    expect(events.at(-1).error.message).toBe('bad vpc-0a1b2c3d4e5f60718.');
  });
});
