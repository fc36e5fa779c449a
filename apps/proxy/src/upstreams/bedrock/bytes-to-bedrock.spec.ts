import { ClaudeModels } from '@claude-proxy/claude-models';
import { JsonView } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anthropicToBedrock } from './anthropic-to-bedrock.js';
import { NO_QUIRKS, type Quirks } from './bedrock-quirks.js';
import { capabilitiesOf } from './model-capabilities.js';

const models = new ClaudeModels();

const VERSION = '"anthropic_version":"bedrock-2023-05-31"';

function translated(text: string, model = 'claude-opus-5-5', betaHeader?: string, quirks: Partial<Quirks> = {}) {
  const request = {
    body: JsonView.of(Buffer.from(text)),
    betaHeader,
    capabilities: capabilitiesOf(models.named(model)),
    quirks: { ...NO_QUIRKS, ...quirks },
  };
  const result = anthropicToBedrock(request);
  const sent = result.body.toString();
  return { ...result, sent, json: JSON.parse(sent) };
}

describe('the bytes of a body for Bedrock', () => {
  it('are those of the caller: digits, escapes, blanks and the order of keys', () => {
    const kept = `"tools" : [ {"name":"f","input_schema":{"type":"object","properties":{"2":{"maximum":9223372036854775807},"1":{"minimum":1.0}}}} ],
  "messages":[{"role":"user","content":"\\u00fc \\/ \\ud800"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"n":1e400,"m":-0,"k":1.10}}]}]`;
    const { sent } = translated(
      `{ "model":"claude-opus-5-5","stream":true,"max_tokens":1e1,${kept},"service_tier":"auto" }`,
    );
    expect(sent).toBe(`{${VERSION}, "max_tokens":1e1,${kept} }`);
  });

  it('keep the digits of a schema in its old spelling', () => {
    const schema = '{"type":"json_schema","schema":{"maximum":9223372036854775807}}';
    expect(translated(`{"output_format":${schema},"messages":[]}`).sent).toContain(
      `"output_config":{"format":${schema}}`,
    );
  });

  it('have equal prefixes for requests with equal prefixes, also with folded system messages', () => {
    const first =
      '{"role":"user","content":"a\\u0301"},{"role":"system","content":[{"type":"text","text":"n\\u006fw"}]}';
    const more = ',{"role":"assistant","content":"b"},{"role":"system","content":"later"}';
    const folded = (messages: string) =>
      translated(`{"messages":[${messages}]}`, 'claude-sonnet-4-5-20250929').sent.replace(/\]\}$/, '');
    expect(folded(first)).toContain('"text":"<system-reminder>\\nn\\u006fw\\n</system-reminder>"');
    expect(folded(first + more).startsWith(folded(first))).toBe(true);
  });

  it('contain each key once: the last one counts, as for the gateway itself', () => {
    const { json, sent } = translated(
      '{"tools":[{"type":"web_search_20250305"}],"messages":[{"role":"system","role":"user","content":"a","content":"b"}],"tools":[]}',
    );
    expect(sent.match(/"tools"/g)).toHaveLength(1);
    expect(json).toMatchObject({ tools: [], messages: [{ role: 'user', content: 'b' }] });
    expect(sent).not.toContain('"system"');
  });

  it('are valid JSON for any body', () => {
    const member = fc.constantFrom(
      'model',
      'tools',
      'messages',
      'system',
      'thinking',
      'cache_control',
      'output_config',
      'x',
    );
    const bodies = fc.dictionary(member, fc.jsonValue());
    fc.assert(
      fc.property(bodies, (body) => {
        expect(translated(JSON.stringify(body)).json.anthropic_version).toBe('bedrock-2023-05-31');
      }),
    );
  });
});

describe('automatic caching', () => {
  const cache = { cache_control: { type: 'ephemeral', ttl: '1h' } };
  const block = (text: string, more = {}) => ({ type: 'text', text, ...more });

  it.each<[string, unknown[], unknown[]]>([
    [
      'a block',
      [{ role: 'user', content: [block('a'), block('b')] }],
      [{ role: 'user', content: [block('a'), block('b', cache)] }],
    ],
    ['a bare string', [{ role: 'user', content: 'a' }], [{ role: 'user', content: [block('a', cache)] }]],
    [
      'no thinking and no empty text',
      [{ role: 'assistant', content: [block('a'), { type: 'thinking', thinking: '', signature: 's' }, block('')] }],
      [
        {
          role: 'assistant',
          content: [block('a', cache), { type: 'thinking', thinking: '', signature: 's' }, block('')],
        },
      ],
    ],
    [
      'a block that has one',
      [{ role: 'user', content: [block('a', cache)] }],
      [{ role: 'user', content: [block('a', cache)] }],
    ],
  ])('becomes a breakpoint on %s', (_name, messages, expected) => {
    expect(translated(JSON.stringify({ ...cache, messages })).json).toMatchObject({ messages: expected });
    expect(translated(JSON.stringify({ ...cache, messages })).json).not.toHaveProperty('cache_control');
  });

  it('stays in a folded system message', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'system', content: 'b' },
    ];
    const { json } = translated(JSON.stringify({ ...cache, messages }), 'claude-sonnet-4-6');
    const reminder = block('<system-reminder>\nb\n</system-reminder>', cache);
    expect(json.messages).toEqual([{ role: 'user', content: [block('a'), reminder] }]);
  });

  it('falls back to the system prompt and the tools', () => {
    const tools = [{ name: 'a' }];
    expect(translated(JSON.stringify({ ...cache, tools, messages: [] })).json.tools).toEqual([{ name: 'a', ...cache }]);
    const system = [block('s')];
    expect(translated(JSON.stringify({ ...cache, system, tools, messages: [] })).json.system).toEqual([
      block('s', cache),
    ]);
  });

  it('is dropped and reported if the request has four breakpoints already', () => {
    const content = ['a', 'b', 'c', 'd'].map((text) => block(text, cache));
    const { json, dropped } = translated(
      JSON.stringify({ ...cache, messages: [{ role: 'user', content: [...content, block('e')] }] }),
    );
    expect(json.messages[0].content.at(-1)).toEqual(block('e'));
    expect(dropped).toEqual(['cache_control']);
  });
});

describe('tool names', () => {
  const long = 'mcp__plugin_review_helper__list_comments_of_a_pull_request_with_threads_x';
  const body = (names: string[], more = {}) =>
    JSON.stringify({ tools: names.map((name) => ({ name, input_schema: {} })), messages: [], ...more });

  it('over 64 characters are shortened at every position, and can be restored', () => {
    const messages = [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: long, input: { name: long } }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'tool_reference', tool_name: long }] }],
      },
      { role: 'system', content: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: long } }] },
    ];
    const tools = [{ name: long, defer_loading: true }, { name: 'short' }];
    const { json, restoreNames } = translated(body([], { tools, messages, tool_choice: { type: 'tool', name: long } }));
    const [short] = [...restoreNames.keys()];
    expect(short).toMatch(/^[a-zA-Z0-9_-]{64}$/);
    expect([...restoreNames]).toEqual([[short, long]]);
    expect(json.tools.map(({ name }: { name: string }) => name)).toEqual([short, 'short']);
    expect(json.tool_choice.name).toBe(short);
    expect(json.messages[0].content[0]).toMatchObject({ name: short, input: { name: long } });
    expect(json.messages[1].content[0].content[0].tool_name).toBe(short);
    expect(json.messages[2].content[0].tool.name).toBe(short);
  });

  it('are equal in every request, and never equal to that of another tool', () => {
    const shortOf = (names: string[]) => translated(body(names)).json.tools.map(({ name }: { name: string }) => name);
    const [short] = shortOf([long]);
    expect(shortOf([`${long}2`, 'a', long])[2]).toBe(short);
    const names = shortOf([long, short, `${long}2`, long.replace('mcp', 'mcq')]);
    expect(new Set(names).size).toBe(4);
    expect(names[1]).toBe(short);
  });

  it('have only characters that Bedrock accepts', () => {
    const [name] = [...translated(body(['files.read/ü'])).restoreNames.keys()];
    expect(name).toMatch(/^files_read___[0-9a-f]{10}$/);
  });

  it('are shorter if Bedrock has refused 64 characters', () => {
    const { json } = translated(body([long, 'b'.repeat(60)]), undefined, '', { maxToolNameLength: 56 });
    for (const { name } of json.tools) expect(name).toHaveLength(56);
  });
});

describe('blocks of server tools in the history', () => {
  const turn = (...content: unknown[]) => JSON.stringify({ messages: [{ role: 'assistant', content }] });
  const cache = { cache_control: { type: 'ephemeral' } };

  it('become text with the call and its result', () => {
    const call = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } };
    const found = {
      type: 'web_search_result',
      title: 'T',
      url: 'https://a.example',
      encrypted_content: 'E',
      page_age: null,
    };
    const result = { type: 'web_search_tool_result', tool_use_id: 's', content: [found], ...cache };
    const citation = { type: 'web_search_result_location', url: 'u', encrypted_index: 'x' };
    const said = { type: 'text', text: 'so', citations: [citation] };
    const { json, dropped } = translated(turn(call, result, said));
    expect(json.messages[0].content).toEqual([
      { type: 'text', text: '[Call of web_search] {"query":"q"}' },
      {
        type: 'text',
        text: '[Result of web_search] [{"type":"web_search_result","title":"T","url":"https://a.example","page_age":null}]',
        ...cache,
      },
      { type: 'text', text: 'so' },
    ]);
    expect(dropped).toEqual(['messages.server_tool_use', 'messages.web_search_tool_result', 'messages.citations']);
  });

  it.each([
    [
      {
        type: 'web_fetch_tool_result',
        content: { type: 'web_fetch_result', content: { source: { type: 'base64', data: 'AAAA' } } },
      },
      '[Result of web_fetch] {"type":"web_fetch_result","content":{"source":"[file]"}}',
    ],
    [{ type: 'mcp_tool_use', name: 'm', input: {} }, '[Call of m] {}'],
    [{ type: 'mcp_tool_result', content: 'words' }, '[Result of mcp] words'],
    [
      { type: 'bash_code_execution_tool_result', content: { stdout: '1' } },
      '[Result of bash_code_execution] {"stdout":"1"}',
    ],
    [{ type: 'web_search_tool_result' }, '[Result of web_search]'],
  ])('%j', (block, text) => {
    expect(translated(turn(block)).json.messages[0].content).toEqual([{ type: 'text', text }]);
  });

  it('keep all digits', () => {
    const text = turn({ type: 'server_tool_use', name: 'f', input: { n: 'N' } }).replace('"N"', '1e400');
    expect(translated(text).json.messages[0].content[0].text).toBe('[Call of f] {"n":1e400}');
  });
});

describe('safeguards', () => {
  const safeguards = [{ type: 'dangerous_tool_use', classifier_context: { n: 1 } }];
  const betas = ['dangerous-tool-use-2026-09-03', 'afk-mode-2026-01-31'];

  it.each(['claude-opus-5-5', 'claude-haiku-4-5-20251001', 'an-arn'])('are sent to %s with their betas', (model) => {
    const { json, dropped } = translated(JSON.stringify({ safeguards, messages: [] }), model, betas.join());
    expect(json).toMatchObject({ safeguards, anthropic_beta: betas });
    expect(dropped).toEqual([]);
  });

  it('are dropped and reported if Bedrock has refused their beta', () => {
    const quirks = { betas: new Set(betas) };
    const { json, dropped } = translated(JSON.stringify({ safeguards, messages: [] }), undefined, betas.join(), quirks);
    expect(json).not.toHaveProperty('safeguards');
    expect(dropped).toEqual([...betas, 'safeguards']);
  });
});

describe('an unknown field', () => {
  it('is passed, and dropped and reported after a refusal', () => {
    const text = JSON.stringify({ from_next_year: 1, messages: [{ role: 'user', content: 'a', later: 1 }] });
    const first = translated(text, undefined, 'new-2027-01-01');
    expect(first.json).toMatchObject({
      from_next_year: 1,
      messages: [{ later: 1 }],
      anthropic_beta: ['new-2027-01-01'],
    });
    expect(first.dropped).toEqual([]);
    const quirks = { betas: new Set(['new-2027-01-01']), paths: ['from_next_year', 'messages.*.later'] };
    const second = translated(text, undefined, 'new-2027-01-01', quirks);
    expect(second.json).toEqual({
      anthropic_version: 'bedrock-2023-05-31',
      messages: [{ role: 'user', content: 'a' }],
    });
    expect(second.dropped).toEqual(['new-2027-01-01', 'from_next_year', 'messages.later']);
  });

  it('is reported with a few short names only', () => {
    const many = Array.from({ length: 100 }, (_, index) => `beta\u00fc ${index}${'x'.repeat(200)}`);
    const { dropped } = translated('{"messages":[]}', undefined, many.join(), { betas: new Set(many) });
    expect(dropped).toHaveLength(40);
    for (const name of dropped) expect(name).toMatch(/^[\w.:-]{1,80}$/);
  });
});
