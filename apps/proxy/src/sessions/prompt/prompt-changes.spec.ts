import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changesBetween } from './prompt-changes.js';
import { type Body, BREAKPOINT, promptOf, readerOf, textBlock } from './testing/prompt-of.js';

const word = fc.string({
  unit: fc.constantFrom('a', 'é', '"', '\\', '\n', ' ', '{', ']', 'cache_control'),
  maxLength: 12,
});

/** A conversation in which all parts differ, so that each change has one place. */
const bodies = fc
  .record({
    toolCount: fc.integer({ min: 0, max: 6 }),
    systemCount: fc.integer({ min: 1, max: 4 }),
    turns: fc.integer({ min: 1, max: 12 }),
    words: fc.array(word, { minLength: 40, maxLength: 40 }),
  })
  .map(
    ({ toolCount, systemCount, turns, words }): Body => ({
      tools: Array.from({ length: toolCount }, (_, index) => toolOf(`tool_${index}`, words[index]!)),
      system: Array.from({ length: systemCount }, (_, index) => textBlock(`system ${index} ${words[index + 6]}`)),
      messages: Array.from({ length: 2 * turns + 1 }, (_, index) => messageOf(index, words[(index + 12) % 40]!)),
      thinking: { type: 'adaptive' },
    }),
  );

function toolOf(name: string, description: string) {
  return { name, description, input_schema: { type: 'object', properties: { 1: { type: 'string' } } } };
}

function messageOf(index: number, text: string): Body['messages'][number] {
  if (index % 2 === 1)
    return { role: 'assistant', content: [{ type: 'tool_use', id: `toolu_${index}`, name: 'x', input: { text } }] };
  const blocks = [{ type: 'tool_result', tool_use_id: `toolu_${index - 1}`, content: [textBlock(text)] }];
  return { role: 'user', content: index % 4 === 0 ? [textBlock(`${index} ${text}`)] : blocks };
}

/** The next turn: breakpoints move, and older lists of one text become plain texts. */
function continued(body: Body): Body {
  const last = body.messages.length;
  const messages = body.messages.map(({ role, content }) => ({ role, content: plainTextOf(content) ?? content }));
  return { ...body, messages: [...messages, messageOf(last, 'reply'), withBreakpoint(messageOf(last + 1, 'next'))] };
}

function plainTextOf(content: Body['messages'][number]['content']): string | undefined {
  const [block, ...rest] = content as readonly { type?: string; text?: string }[];
  return rest.length === 0 && block?.type === 'text' ? block.text : undefined;
}

function withBreakpoint({ role, content }: Body['messages'][number]): Body['messages'][number] {
  const blocks = content as readonly object[];
  return { role, content: [...blocks.slice(0, -1), { ...blocks.at(-1)!, ...BREAKPOINT }] };
}

function ended(body: Body): Body {
  return { ...body, messages: [...body.messages.slice(0, -1), withBreakpoint(body.messages.at(-1)!)] };
}

const replaced = <Part>(list: readonly Part[], index: number, part: Part) => list.toSpliced(index, 1, part);

describe('changesBetween', () => {
  it('finds no change in a conversation that goes on, in whatever form its older messages are', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const before = promptOf(ended(body));
        expect(changesBetween(before, promptOf(continued(body), before))).toEqual([]);
      }),
    );
  });

  it('is the same whether a prompt is read anew or beside an earlier one', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const next = continued(body);
        expect(promptOf(next, promptOf(ended(body)))).toEqual(promptOf(next));
      }),
    );
  });

  it('ignores blanks between messages', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const [plain, indented] = [readerOf(body).read(), readerOf({ ...body, tools: [], system: '' }, 2).read()];
        expect(indented.messages.count).toBe(plain.messages.count);
        expect(indented.messages.ends).not.toEqual(plain.messages.ends);
      }),
      { numRuns: 20 },
    );
  });

  it('names the message that was edited anywhere in a conversation', () => {
    fc.assert(
      fc.property(bodies, fc.nat(), fc.boolean(), (body, at, isIncremental) => {
        const index = at % (body.messages.length - 1);
        const before = promptOf(body);
        const edited = { ...body, messages: replaced(body.messages, index, messageOf(index, 'edited')) };
        const after = promptOf(continued(edited), isIncremental ? before : undefined);
        const isRestKept = body.messages.slice(index + 1).some(({ role }) => role === 'assistant');
        const [change, ...others] = changesBetween(before, after);
        expect(change).toMatchObject({ part: 'messages', position: index + 1, isRestKept });
        expect(others).toEqual([]);
      }),
    );
  });

  it('counts tools that were added, removed and changed, and names the first place', () => {
    fc.assert(
      fc.property(bodies, fc.nat(), (body, at) => {
        const tools = body.tools!;
        const index = at % (tools.length + 1);
        const before = promptOf(body);
        const changesTo = (list: readonly object[]) =>
          changesBetween(before, promptOf({ ...body, tools: list }, before));
        const added = changesTo(tools.toSpliced(index, 0, toolOf('mcp__new', 'new')));
        const counts = { part: 'tools', before: tools.length, added: 0, removed: 0, changed: 0, position: index + 1 };
        expect(added).toEqual([{ ...counts, after: tools.length + 1, added: 1 }]);
        if (index === tools.length) return;
        expect(changesTo(tools.toSpliced(index, 1))).toEqual([{ ...counts, after: tools.length - 1, removed: 1 }]);
        const changed = replaced(tools, index, toolOf(`tool_${index}`, 'changed'));
        expect(changesTo(changed)).toEqual([{ ...counts, after: tools.length, changed: 1 }]);
      }),
    );
  });

  it('names the first tool at another place', () => {
    const body = { messages: [messageOf(0, 'a')], tools: ['a', 'b', 'c'].map((name) => toolOf(name, name)) };
    const before = promptOf(body);
    const after = promptOf({ ...body, tools: body.tools.toReversed() });
    const counts = { before: 3, after: 3, added: 0, removed: 0, changed: 0 };
    expect(changesBetween(before, after)).toEqual([{ part: 'tools', ...counts, position: 1 }]);
  });

  it('names the system block that was changed, and settings', () => {
    fc.assert(
      fc.property(bodies, fc.nat(), (body, at) => {
        const system = body.system as readonly object[];
        const index = at % system.length;
        const changed = {
          ...body,
          system: replaced(system, index, textBlock('changed')),
          thinking: { type: 'disabled' },
        };
        expect(changesBetween(promptOf(body), promptOf(changed))).toEqual([
          { part: 'system', before: system.length, after: system.length, position: index + 1 },
          { part: 'settings', names: ['thinking'] },
        ]);
      }),
    );
  });

  it('only suspects the version of the client, and tools that are loaded later', () => {
    const version = (text: string) => textBlock(`x-anthropic-billing-header: cc_version=${text};`);
    const body = (text: string, rest: string): Body => ({
      system: [version(text), textBlock(rest)],
      messages: [messageOf(0, 'a')],
      tools: [toolOf('a', 'a'), { ...toolOf('later', text), defer_loading: true }],
    });
    const before = promptOf(body('1', 'same'));
    const suspicions = [{ part: 'deferred_tools' }, { part: 'client_block' }];
    expect(changesBetween(before, promptOf(body('2', 'same')))).toEqual(suspicions);
    expect(changesBetween(before, promptOf(body('1', 'other')))).toEqual([
      { part: 'system', before: 2, after: 2, position: 2 },
    ]);
  });

  it('sees breakpoints, their lives, and the one at the end of a body', () => {
    const block = (ttl?: string) => textBlock('a', { cache_control: { type: 'ephemeral', ttl } });
    const content = [block(), textBlock('b'), block('1h')];
    const { messages } = promptOf({ messages: [{ role: 'user', content }, messageOf(1, 'x')], ...BREAKPOINT });
    expect(messages.breakpoints).toEqual([
      { message: 1, block: 1, isForAnHour: false },
      { message: 1, block: 3, isForAnHour: true },
      { message: 2, block: 4, isForAnHour: false },
    ]);
  });

  it.each([['a text'], [{}], [null], [3]])('throws for messages that are %j', (messages) => {
    expect(() => promptOf({ messages } as unknown as Body)).toThrow(TypeError);
  });
});
