import { describe, expect, it } from '@jest/globals';
import { repeatedCall } from './repeated-call.js';

type Block = Readonly<Record<string, unknown>>;
interface Message {
  readonly role: string;
  readonly content: string | readonly Block[];
}

let ids = 0;
const use = (input: unknown = { command: 'npm test' }, name = 'Bash'): Block => ({
  type: 'tool_use',
  id: `toolu_${ids++}`,
  name,
  input,
});
/** A turn of the agent with these calls, and their results. */
const turn = (...calls: readonly Block[]): Message[] => [
  { role: 'assistant', content: [{ type: 'text', text: `attempt "${ids}"` }, ...calls] },
  {
    role: 'user',
    content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: `result ${ids}` })),
  },
];
const turns = (count: number, ...calls: readonly (() => Block)[]) =>
  Array.from({ length: count }, () => turn(...calls.map((make) => make()))).flat();
const PERSON: Message = { role: 'user', content: 'Please go on.' };
const loopIn = (messages: readonly Message[], atLeast = 3) =>
  repeatedCall(Buffer.from(JSON.stringify(messages)), atLeast);

describe('a repeated call', () => {
  it.each([
    ['2 equal turns', turns(2, use), undefined],
    ['3 equal turns', turns(3, use), 3],
    ['3 equal turns after others', [PERSON, ...turns(9, () => use(ids)), ...turns(3, use)], 3],
    ['1,000 equal turns', [PERSON, ...turns(1_000, use)], 200],
    ['1,000 equal calls in one turn', turn(...Array.from({ length: 1_000 }, () => use())), 200],
    ['equal turns, and then another call', [...turns(5, use), ...turn(use('other'))], undefined],
    ['the same tool with other inputs', turns(9, () => use(ids)), undefined],
    ['another tool with the same input', [...turns(2, use), ...turns(2, () => use(undefined, 'Read'))], undefined],
    ['equal calls in one turn', turn(use(), use(), use(), use()), 4],
    ['pairs of parallel calls', turns(3, use, () => use({ path: 'a' }, 'Read')), 3],
    ['a message of a person in between', [...turns(2, use), PERSON, ...turns(2, use)], undefined],
    ['a message of a person at the end', [...turns(9, use), PERSON], undefined],
    ['no calls', [PERSON, { role: 'assistant', content: 'Yes.' }, PERSON], undefined],
    ['one call', turn(use()), undefined],
    ['no messages', [], undefined],
  ])('in %s', (_name, messages, times) => {
    expect(loopIn(messages)?.times).toBe(times);
  });

  it('is named by its tools', () => {
    expect(loopIn(turns(3, use))).toMatchObject({ tools: ['Bash'], times: 3 });
    const pair = turns(4, use, () => use({ path: 'a' }, 'Read'));
    expect(loopIn(pair)).toMatchObject({ tools: ['Bash', 'Read'], times: 4 });
  });

  it('is found behind reminders of a client, system messages, and inputs that look like messages', () => {
    const input = { list: [{ role: 'assistant', content: [{ type: 'tool_use' }] }, { role: 'user' }] };
    const messages = turns(4, () => use(input)).flatMap((message): Message[] =>
      message.role === 'user'
        ? [
            { ...message, content: [...(message.content as Block[]), { type: 'text', text: 'reminder' }] },
            { role: 'system', content: 'x' },
          ]
        : [message],
    );
    expect(loopIn([PERSON, ...messages])?.times).toBe(4);
  });

  it('is found in a text with blanks, and with the members of messages in another order', () => {
    const messages = [PERSON, ...turns(5, use)];
    expect(repeatedCall(Buffer.from(JSON.stringify(messages, null, 2)), 3)?.times).toBe(5);
    const reordered = messages.map(({ role, content }) => ({ content, role }));
    expect(repeatedCall(Buffer.from(JSON.stringify(reordered)), 3)?.times).toBe(5);
  });

  it.each([
    'null',
    '7',
    '"tool_use"',
    '[null]',
    '[{"role":"assistant","content":7}]',
    '[{"role":"assistant"}]',
    '[["tool_use","tool_use"]]',
  ])('is not in %s', (text) => {
    expect(repeatedCall(Buffer.from(text), 2)).toBeUndefined();
  });
});
