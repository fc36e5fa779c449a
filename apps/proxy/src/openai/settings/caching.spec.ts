import { describe, expect, it } from '@jest/globals';
import { translated } from '../testing/translated.js';

const MARK = { type: 'ephemeral' };
const TOOL = { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } };
const SYSTEM = { role: 'system', content: 'be brief' };
const HELLO = { role: 'user', content: 'hello' };
const round = (index: number) => [
  {
    role: 'assistant',
    tool_calls: [{ id: `c${index}`, type: 'function', function: { name: 'look', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: `c${index}`, content: `result ${index}` },
];
const loop = (rounds: number) => [SYSTEM, HELLO, ...Array.from({ length: rounds }, (_, index) => round(index)).flat()];

type Block = {
  readonly text?: string;
  readonly name?: string;
  readonly tool_use_id?: string;
  readonly cache_control?: object;
};
type Sent = { tools?: Block[]; system?: string | Block[]; messages: { content: Block[] }[]; cache_control?: object };
/** The names of the blocks with a breakpoint, in the order of the prompt. */
const marked = (members: object, hasAutoCache = true) => {
  const { body } = translated('chat', members as Record<string, unknown>, hasAutoCache);
  const { tools = [], system = [], messages } = body as unknown as Sent;
  const blocks = [
    ...tools,
    ...(typeof system === 'string' ? [] : system),
    ...messages.flatMap(({ content }) => content),
  ];
  return blocks
    .filter(({ cache_control }) => cache_control)
    .map(({ name, tool_use_id, text }) => name ?? tool_use_id ?? text);
};
const ofBody = (members: object, hasAutoCache = true) =>
  translated('chat', members as never, hasAutoCache).body.cache_control;

describe('breakpoints of the caller', () => {
  it.each<[place: string, members: object, blocks: string[]]>([
    [
      'on messages',
      {
        messages: [
          { ...SYSTEM, cache_control: MARK },
          { ...HELLO, cache_control: MARK },
        ],
      },
      ['be brief', 'hello'],
    ],
    [
      'on a part',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a', cache_control: MARK },
              { type: 'text', text: 'b' },
            ],
          },
        ],
      },
      ['a'],
    ],
    [
      'on a part, in words of OpenAI',
      {
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }] },
        ],
      },
      ['a'],
    ],
    ['on a tool', { tools: [{ ...TOOL, cache_control: MARK }], messages: [HELLO] }, ['look']],
    [
      'inside a tool',
      { tools: [{ ...TOOL, function: { ...TOOL.function, cache_control: MARK } }], messages: [HELLO] },
      ['look'],
    ],
    [
      'on a result',
      {
        tools: [TOOL],
        messages: [...loop(1).slice(0, -1), { role: 'tool', tool_call_id: 'c0', content: 'r', cache_control: MARK }],
      },
      ['c0'],
    ],
    [
      'inside a result',
      {
        tools: [TOOL],
        messages: [
          ...loop(1).slice(0, -1),
          { role: 'tool', tool_call_id: 'c0', content: [{ type: 'text', text: 'r', cache_control: MARK }] },
        ],
      },
      ['c0'],
    ],
    [
      'on a blank text, before which it moves',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: ' ', cache_control: MARK },
            ],
          },
        ],
      },
      ['a'],
    ],
  ])('reach their block, and no others are added: %s', (_place, members, blocks) => {
    expect(marked(members)).toEqual(blocks);
  });

  it('of the whole body are passed on', () => {
    expect(ofBody({ cache_control: { type: 'ephemeral', ttl: '1h' } })).toEqual({ type: 'ephemeral', ttl: '1h' });
  });

  it('are four at most: those of tools and system, and the last ones', () => {
    const messages = [
      { ...SYSTEM, cache_control: MARK },
      ...'abcdef'.split('').map((content) => ({ role: 'user', content, cache_control: MARK })),
    ];
    const members = { tools: [{ ...TOOL, cache_control: MARK }], messages };
    expect(marked(members)).toEqual(['look', 'be brief', 'e', 'f']);
    expect(translated('chat', members as never).leftOut).toEqual(['cache_control']);
    expect(ofBody({ ...members, cache_control: MARK })).toBeUndefined();
  });

  it('of an hour behind one of five minutes, which Claude refuses, become five minutes', () => {
    const messages = [
      { ...SYSTEM, cache_control: MARK },
      { ...HELLO, cache_control: { type: 'ephemeral', ttl: '1h' } },
    ];
    expect(translated('chat', { messages }).body.messages).toMatchObject([
      { content: [{ cache_control: { ttl: '5m' } }] },
    ]);
  });
});

describe('a loop of tools without breakpoints', () => {
  it('gets them on tools, system, the end of the round before and the last block', () => {
    expect(marked({ tools: [TOOL], messages: loop(3) })).toEqual(['look', 'be brief', 'c1', 'c2']);
  });

  it('gets them in its first request where the prompt is long, unless a tool is forced', () => {
    const long = { ...SYSTEM, content: 'x'.repeat(9_000) };
    expect(marked({ tools: [TOOL], messages: [long, HELLO] })).toHaveLength(3);
    expect(
      marked({ model: 'claude-haiku-5-5', tools: [TOOL], tool_choice: 'required', messages: [long, HELLO] }),
    ).toEqual([]);
    expect(marked({ messages: [long, HELLO] })).toEqual([]);
    expect(marked({ tools: [TOOL], messages: [SYSTEM, HELLO] })).toEqual([]);
  });

  it('gets none with OPENAI_AUTO_CACHE=false, or where only explicit ones are wanted', () => {
    expect(marked({ tools: [TOOL], messages: loop(1) }, false)).toEqual([]);
    expect(marked({ tools: [TOOL], messages: loop(1), prompt_cache_options: { mode: 'explicit' } })).toEqual([]);
  });

  it('gets them for an hour where the caller asks for that', () => {
    const { body } = translated('chat', { tools: [TOOL], messages: loop(1), prompt_cache_retention: '24h' });
    expect(body.tools).toMatchObject([{ cache_control: { ttl: '1h' } }]);
  });
});
