import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '../json-object.js';
import { translated } from '../testing/translated.js';

interface Sent {
  readonly system?: unknown;
  readonly tools?: readonly JsonObject[];
  readonly tool_choice?: JsonObject;
  readonly cache_control?: JsonObject;
  readonly messages: readonly { readonly role: string; readonly content: readonly JsonObject[] }[];
}

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/** What Anthropic would refuse in a body, as far as it depends on the caller's history and tools. */
function refusedIn(sent: Sent): string[] {
  const { messages, tools = [] } = sent;
  const blocks = messages.flatMap(({ content }) => content);
  const calls = blocks.filter(({ type }) => type === 'tool_use');
  const names = tools.map(({ name }) => String(name));
  const holders = [...tools, ...(Array.isArray(sent.system) ? (sent.system as JsonObject[]) : []), ...blocks];
  const breakpoints = holders.filter(({ cache_control }) => cache_control);
  const faults: readonly (readonly [fault: string, isThere: boolean])[] = [
    ['no message', messages.length === 0],
    ['a first turn of Claude', messages[0]?.role !== 'user'],
    ['a last turn of Claude', messages.at(-1)?.role === 'assistant'],
    ['an empty turn', messages.some(({ content }) => content.length === 0)],
    ['a blank text', textsIn(holders).some((text) => text.trim() === '')],
    ['a repeated id', new Set(calls.map(({ id }) => id)).size < calls.length],
    ['an id of other characters', calls.some(({ id }) => !/^[a-zA-Z0-9_-]{1,64}$/.test(String(id)))],
    [
      'a call without its result, or a result without its call',
      messages.some((_turn, index) => !isAnswered(messages, index)),
    ],
    [
      'a name of other characters',
      [...names, ...calls.map(({ name }) => String(name))].some((name) => !NAME.test(name)),
    ],
    ['a repeated name', new Set(names).size < names.length],
    ['calls without tools', calls.length > 0 && tools.length === 0],
    ['more than 4 breakpoints', breakpoints.length + (sent.cache_control ? 1 : 0) > 4],
    ['thinking alone', messages.some(({ content }) => content.every(({ type }) => type === 'thinking'))],
    ['media of Claude', messages.some(({ role, content }) => role === 'assistant' && content.some(isMedia))],
    ['a system turn in the wrong place', messages.some((_turn, index) => !isSystemInPlace(messages, index))],
    [
      'a schema that is not of an object',
      tools.some(({ input_schema: schema }) => (schema as JsonObject).type !== 'object'),
    ],
  ];
  return faults.filter(([, isThere]) => isThere).map(([fault]) => fault);
}

function isMedia({ type }: JsonObject): boolean {
  return type === 'image' || type === 'document';
}

function textsIn(blocks: readonly JsonObject[]): string[] {
  return blocks.flatMap((block) => {
    const inner =
      block.type === 'tool_result' && Array.isArray(block.content) ? textsIn(block.content as JsonObject[]) : [];
    return block.type === 'text' ? [String(block.text)] : inner;
  });
}

/** The results of a turn are those of the calls before it, each once, before anything else. */
function isAnswered(messages: Sent['messages'], index: number): boolean {
  const { role, content } = messages[index]!;
  const results = content.filter(({ type }) => type === 'tool_result').map(({ tool_use_id }) => tool_use_id);
  const asked = (messages[index - 1]?.content ?? []).filter(({ type }) => type === 'tool_use').map(({ id }) => id);
  if (role === 'assistant') return results.length === 0 && (index < messages.length - 1 || asked.length === 0);
  const isFirst = content.slice(0, results.length).every(({ type }) => type === 'tool_result');
  return isFirst && [...results].sort().join() === [...asked].sort().join();
}

function isSystemInPlace(messages: Sent['messages'], index: number): boolean {
  if (messages[index]!.role !== 'system') return true;
  return messages[index - 1]?.role === 'user' && messages[index + 1]?.role !== 'user';
}

const text = fc.constantFrom('', ' ', '\n', 'hello', '  x ', 'ü');
const id = fc.constantFrom('a', 'a', 'b', 'c.d', 'c_d', '', 'x'.repeat(100));
const name = fc.constantFrom('look', 'files.read', 'files_read', '', 'ü', 'n'.repeat(200));
const json = fc.constantFrom('{}', '{"a":1}', '{"a":', '[]', '', 'null', '"x"');
const marked = <Value extends object>(value: fc.Arbitrary<Value>) =>
  fc
    .tuple(value, fc.boolean())
    .map(([each, isMarked]) => (isMarked ? { ...each, cache_control: { type: 'ephemeral' } } : each));
const part = marked(
  fc.oneof(
    text.map((said) => ({ type: 'text', text: said })),
    fc.constantFrom(
      { type: 'input_audio' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo' } },
    ),
  ),
);
const content = fc.oneof(text, fc.array(part, { maxLength: 3 }));
const thinking = fc.constantFrom(undefined, [], [{ type: 'reasoning.text', text: '', signature: 's' }]);
const call = fc.record({ id, name, json }).map(({ json: written, ...each }) => ({
  id: each.id,
  type: 'function',
  function: { name: each.name, arguments: written },
}));
const message = marked(
  fc.oneof(
    fc.record({ role: fc.constantFrom('user', 'user', 'system', 'developer'), content }),
    fc.record({
      role: fc.constant('assistant'),
      content: fc.oneof(content, fc.constant(null)),
      tool_calls: fc.array(call, { maxLength: 3 }),
      reasoning_details: thinking,
    }),
    fc.record({ role: fc.constant('tool'), tool_call_id: id, content }),
    fc.record({ role: fc.constant('tool'), tool_call_id: id, content }),
  ),
);
const item = fc.oneof(
  message,
  fc.record({ type: fc.constant('function_call'), call_id: id, name, arguments: json }),
  fc.record({ type: fc.constant('custom_tool_call'), call_id: id, name, input: text }),
  fc.record({ type: fc.constantFrom('function_call_output', 'custom_tool_call_output'), call_id: id, output: content }),
  fc.constantFrom({ type: 'item_reference', id: 'x' }, { type: 'reasoning', summary: [] }),
);
const parameters = fc.constantFrom(
  undefined,
  {},
  { type: 'string' },
  { anyOf: [{ type: 'object' }, { type: 'null' }] },
);
const tool = marked(fc.record({ type: fc.constantFrom('function', 'custom', 'web_search'), name, parameters }));
const members = fc.record({
  model: fc.constantFrom('claude-opus-5-5', 'claude-sonnet-4-6', 'claude-haiku-5-5'),
  tools: fc.array(tool, { maxLength: 4 }),
  prompt_cache_key: fc.constantFrom(undefined, 'k'),
  cache_control: fc.constantFrom(undefined, { type: 'ephemeral', ttl: '1h' }),
});

/** At least one text: a request that says nothing is refused. */
const HELLO = { role: 'user', content: 'hello' };

describe.each([
  ['chat', 'messages', message],
  ['responses', 'input', item],
] as const)('any history of %s', (form, key, entry) => {
  it('leaves as a body that Claude does not refuse', () => {
    const history = fc.array(entry, { maxLength: 9 });
    fc.assert(
      fc.property(members, history, history, (given, before, after) => {
        const { body } = translated(form, { ...given, [key]: [...before, HELLO, ...after] });
        expect(refusedIn(body as unknown as Sent)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('leaves as the same body each time, so that caches are hit', () => {
    fc.assert(
      fc.property(members, fc.array(entry, { maxLength: 6 }), (given, entries) => {
        const once = () => translated(form, { ...given, [key]: [...entries, HELLO] }).json;
        expect(once()).toBe(once());
      }),
      { numRuns: 50 },
    );
  });
});
