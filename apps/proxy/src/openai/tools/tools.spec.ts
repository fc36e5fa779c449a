import { describe, expect, it } from '@jest/globals';
import { anthropicToOpenAi } from '../chat/anthropic-to-chat.js';
import { anthropicToResponses } from '../responses/anthropic-to-responses.js';
import { translated } from '../testing/translated.js';

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } } };
const sentTools = (tools: unknown[], more: object = {}) => translated('responses', { tools, ...more });
const sentNames = (tools: unknown[]) => (sentTools(tools).body.tools as { name: string }[]).map(({ name }) => name);
const message = (name: string, input: object) => ({
  id: 'msg_1',
  content: [{ type: 'tool_use', id: 'toolu_1', name, input }],
  stop_reason: 'tool_use',
});

describe('a tool', () => {
  it.each([
    ['nested, as in a chat', { type: 'function', function: { name: 'f', description: 'd', parameters: SCHEMA } }],
    ['flat, as in a response', { type: 'function', name: 'f', description: 'd', parameters: SCHEMA }],
    ['in the form of Anthropic', { name: 'f', description: 'd', input_schema: SCHEMA }],
    ['in the form of Anthropic, with its type', { type: 'custom', name: 'f', description: 'd', input_schema: SCHEMA }],
  ])('is taken %s, by both endpoints', (_form, tool) => {
    const expected = [{ name: 'f', description: 'd', input_schema: SCHEMA }];
    expect(translated('chat', { tools: [tool] }).body.tools).toEqual(expected);
    expect(translated('responses', { tools: [tool] }).body.tools).toEqual(expected);
  });

  it.each([
    'web_search',
    'web_search_preview',
    'file_search',
    'code_interpreter',
    'mcp',
    'local_shell',
    'tool_of_tomorrow',
  ])('that OpenAI runs itself is left out by name: %s', (type) => {
    const { body, leftOut } = sentTools([
      { type, name: 'x' },
      { type: 'function', name: 'f' },
    ]);
    expect(body.tools).toMatchObject([{ name: 'f' }]);
    expect(leftOut).toEqual([`tools[0]:${type}`]);
  });

  it('of the same name as another is left out by its place', () => {
    const { body, leftOut } = sentTools([
      { type: 'function', name: 'f' },
      { type: 'function', name: 'f' },
    ]);
    expect(body.tools).toHaveLength(1);
    expect(leftOut).toEqual(['tools[1]']);
  });

  it('has a name that Claude takes, and its own in the answer', () => {
    const tools = [
      { type: 'function', name: 'files.read' },
      { type: 'function', name: 'files_read' },
    ];
    expect(sentNames(tools)).toEqual(['files_read', 'files_read_2']);
    const { tools: given } = sentTools(tools);
    expect(anthropicToOpenAi(message('files_read', {}), given)).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { name: 'files.read' } }] } }],
    });
    const [long] = sentNames([{ type: 'function', name: 'x'.repeat(300) }]);
    expect(long).toHaveLength(128);
  });

  it('of a group comes back with its group, and is found again in the history', () => {
    const group = {
      type: 'namespace',
      name: 'agents',
      description: 'Other agents.',
      tools: [{ type: 'function', name: 'close', parameters: SCHEMA }, { type: 'web_search' }],
    };
    const call = { type: 'function_call', call_id: 'a', namespace: 'agents', name: 'close', arguments: '{}' };
    const { body, tools, leftOut } = sentTools([group, { type: 'function', name: 'close' }], {
      input: [{ role: 'user', content: 'x' }, call, { type: 'function_call_output', call_id: 'a', output: 'y' }],
    });
    expect(body.tools).toMatchObject([
      { name: 'agents__close', description: 'One of the tools of agents: Other agents.' },
      { name: 'close' },
    ]);
    expect(body.messages).toMatchObject([{}, { content: [{ name: 'agents__close' }] }, {}]);
    expect(leftOut).toEqual(['tools[0].tools[1]:web_search']);
    expect(anthropicToResponses(message('agents__close', {}), {}, tools).output).toMatchObject([
      { type: 'function_call', name: 'close', namespace: 'agents' },
    ]);
    expect(sentNames([{ ...group, name: 'mcp__github__' }])).toEqual(['mcp__github__close']);
  });

  it('of one free text goes out as one parameter, with its grammar, and comes back as a text', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' };
    const patch = { type: 'custom', name: 'patch', description: 'Patches.', format };
    const { body, tools } = sentTools([patch], {
      input: [
        { role: 'user', content: 'x' },
        { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: '"\n' },
        { type: 'custom_tool_call_output', call_id: 'a', output: 'ok' },
      ],
    });
    expect(body.tools).toMatchObject([
      {
        name: 'patch',
        description: 'Patches.\n\nThe input follows this lark grammar:\nstart: /.+/',
        input_schema: { required: ['input'] },
      },
    ]);
    expect(body.messages).toMatchObject([{}, { content: [{ type: 'tool_use', input: { input: '"\n' } }] }, {}]);
    expect(anthropicToResponses(message('patch', { input: '*** Begin' }), {}, tools).output).toMatchObject([
      {
        id: expect.stringMatching(/^ctc_/),
        type: 'custom_tool_call',
        call_id: 'toolu_1',
        name: 'patch',
        input: '*** Begin',
      },
    ]);
    const chat = translated('chat', { tools: [{ type: 'custom', custom: { name: 'patch' } }] });
    expect(anthropicToOpenAi(message('patch', { input: 'x' }), chat.tools)).toMatchObject({
      choices: [
        { message: { tool_calls: [{ id: 'toolu_1', type: 'custom', custom: { name: 'patch', input: 'x' } }] } },
      ],
    });
  });

  it('in the form before tools is called in that form, one at a time', () => {
    const { body, tools } = translated('chat', {
      model: 'claude-haiku-5-5',
      functions: [{ name: 'look', parameters: SCHEMA }],
      function_call: { name: 'look' },
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: null, function_call: { name: 'look', arguments: '{"a":"b"}' } },
        { role: 'function', name: 'look', content: 'rain' },
      ],
    });
    expect(body).toMatchObject({
      tools: [{ name: 'look' }],
      tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true },
      messages: [{}, { content: [{ name: 'look', input: { a: 'b' } }] }, { content: [{ type: 'tool_result' }] }],
    });
    expect(anthropicToOpenAi(message('look', { a: 'b' }), tools)).toMatchObject({
      choices: [
        { message: { function_call: { name: 'look', arguments: '{"a":"b"}' } }, finish_reason: 'function_call' },
      ],
    });
  });
});

describe('the choice of a tool', () => {
  const TOOLS = [
    { type: 'function', name: 'a' },
    { type: 'custom', name: 'b' },
  ];
  const chosen = (choice: unknown) => {
    const { body, leftOut } = sentTools(TOOLS, { model: 'claude-haiku-5-5', tool_choice: choice });
    return [body.tool_choice, (body.tools as { name: string }[]).map(({ name }) => name), leftOut];
  };
  it.each<[choice: unknown, sent: unknown, tools?: string[], leftOut?: string[]]>([
    ['required', { type: 'any' }],
    [{ type: 'any' }, { type: 'any' }],
    [{ type: 'auto' }, { type: 'auto' }],
    [
      { type: 'function', name: 'a' },
      { type: 'tool', name: 'a' },
    ],
    [
      { type: 'function', function: { name: 'a' } },
      { type: 'tool', name: 'a' },
    ],
    [
      { type: 'custom', name: 'b' },
      { type: 'tool', name: 'b' },
    ],
    [
      { type: 'tool', name: 'b' },
      { type: 'tool', name: 'b' },
    ],
    [{ type: 'allowed_tools', mode: 'required', tools: [{ type: 'custom', name: 'b' }] }, { type: 'any' }, ['b']],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ function: { name: 'a' } }] } },
      { type: 'auto' },
      ['a'],
    ],
    [{ type: 'web_search' }, undefined, ['a', 'b'], ['tool_choice']],
  ])('%j', (choice, sent, tools = ['a', 'b'], leftOut = []) => {
    expect(chosen(choice)).toEqual([sent, tools, leftOut]);
  });
});

it('a history with calls and no tools gets definitions of them, which cannot be called', () => {
  const { body } = translated('responses', {
    input: [
      { role: 'user', content: 'x' },
      { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: 'rain' },
    ],
  });
  expect(body.tools).toMatchObject([{ name: 'look', input_schema: { type: 'object' } }]);
  expect(body.tool_choice).toEqual({ type: 'none' });
});
