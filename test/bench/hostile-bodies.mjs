/** Bodies that once blocked the event loop, or could. Each has the maximum size, or the size that it needs. */

const MIB = 1024 * 1024;
const MAX_BYTES = 32 * MIB;
const MILLION = 1_000_000;
/** Just under the limit of values that a tree may have. */
const MOST_VALUES = 99_900;

const filled = (frame, unit, bytes = MAX_BYTES) => {
  const [start, end] = frame.split('@');
  return start + unit.repeat(Math.floor((bytes - start.length - end.length) / unit.length)) + end;
};
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index)).join();

/** Members that both dialects have, or only one of them. */
const MESSAGES = '"messages":[{"role":"user","content":"x"}]';
const FRAMES = {
  messages: (member) => `{"model":"claude-opus-5-5","max_tokens":16,${member}}`,
  chat: (member) => `{"model":"opus",${member}}`,
  responses: (member) => `{"model":"opus",${member}}`,
};
const CONVERSATION = { messages: 'messages', chat: 'messages', responses: 'input' };

/** `[name, body]` for one dialect. */
export function hostileBodies(dialect) {
  const frame = FRAMES[dialect];
  const list = CONVERSATION[dialect];
  const hello = dialect === 'responses' ? '"input":"x"' : MESSAGES;
  const said = (content) => `{"role":"user","content":${content}}`;
  const conversation = (elements) => frame(`"${list}":[${elements}]`);
  const beside = (member) => frame(`${hello},${member}`);
  return [
    ['a million wrong elements', conversation(`${'0,'.repeat(MILLION * 2)}0`)],
    ['wrong elements, just not too many', conversation(`${'0,'.repeat(MOST_VALUES)}0`)],
    ['a million messages', conversation(times(MILLION / 2, () => said('"x"')))],
    ['messages, just not too many', conversation(times(MOST_VALUES / 3, () => said('"x"')))],
    [
      'messages of 900 bytes, just not too many',
      conversation(times(MOST_VALUES / 3, () => said(`"${'x'.repeat(900)}"`))),
    ],
    ['parts, just not too many', conversation(said(`[${times(MOST_VALUES / 3, () => '{"type":"text","text":"x"}')}]`))],
    [
      'system turns, just not too many',
      conversation(`${said('"x"')},${times(MOST_VALUES / 3, () => '{"role":"system","content":"x"}')}`),
    ],
    ['nested 100,000 times', conversation(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
    ['nested 990 times, often', beside(`"metadata":{"a":[${times(100, () => '['.repeat(990) + ']'.repeat(990))}]}`)],
    ['a million keys', beside(`"metadata":{${times(MILLION, (index) => `"k${index}":"v"`)}}`)],
    ['keys, just not too many', beside(`"metadata":{${times(MOST_VALUES, (index) => `"k${index}":"v"`)}}`)],
    ['wrong values of keys', beside(`"metadata":{${times(MOST_VALUES, (index) => `"k${index}":0`)}}`)],
    ['keys of 24 KB', beside(`"metadata":{${times(900, (index) => `"${'k'.repeat(24_000)}${index}":"v"`)}}`)],
    ['a text', conversation(filled(said('"@"'), 'x', MAX_BYTES - 100))],
    ['a text of two-byte letters', conversation(filled(said('"@"'), '\u00e9', (MAX_BYTES - 200) / 2))],
    ['a text of escapes', conversation(filled(said('"@"'), '\\n', MAX_BYTES - 100))],
    ['a text of escaped letters', conversation(filled(said('"@"'), '\\u00e9', MAX_BYTES - 100))],
    ['a number', beside(filled('"temperature":1@', '1', MAX_BYTES - 200))],
    ['blanks', filled(frame(`${hello}@`), ' ')],
    ['10,000 accents in the model', frame(hello).replace(/"model":"[^"]*"/, `"model":"${'e\u0301'.repeat(10_000)}"`)],
    ['a model of 30 MB', frame(hello).replace(/"model":"[^"]*"/, `"model":"${'anthropic/'.repeat(3 * MILLION)}"`)],
    ['a user of 30 MB', beside(filled('"user":"@"', 'e\u0301', 20 * MIB))],
    ['stop sequences', beside(`"stop":[${times(MOST_VALUES, () => '"x"')}],"stop_sequences":["x"]`)],
    ['half a body', conversation(filled(said('"@"'), 'x', MAX_BYTES - 100)).slice(0, -3)],
    ...(dialect === 'messages' ? [] : ofOpenAi(dialect, { conversation, beside, said })),
  ];
}

/** Beside the bodies of the Messages API: what the translation for Bedrock looks at. */
export function hostileToBedrock() {
  const frame = FRAMES.messages;
  const said = (role, blocks) => `{"role":"${role}","content":[${blocks}]}`;
  const conversation = (turns) => frame(`"messages":[{"role":"user","content":"x"},${turns}]`);
  const tool = (name, schema = '{"type":"object"}') => `{"name":"${name}","input_schema":${schema}}`;
  const beside = (member) => frame(`${MESSAGES},${member}`);
  const count = Math.floor(MOST_VALUES / 8);
  return [
    ['tools with long names', beside(`"tools":[${times(count, (index) => tool(`${'t'.repeat(70)}${index}`))}]`)],
    ['a schema, just not too large', beside(`"tools":[${tool('t', `{"enum":[${'0,'.repeat(MOST_VALUES - 20)}0]}`)}]`)],
    [
      'calls with long names',
      conversation(
        times(count / 2, (index) =>
          said('assistant', `{"type":"tool_use","id":"c${index}","name":"${'t'.repeat(70)}","input":{"a":1}}`),
        ),
      ),
    ],
    [
      'thinking, just not too much',
      conversation(
        said(
          'assistant',
          times(count * 2, () => '{"type":"thinking","thinking":"x","signature":"y"}'),
        ),
      ),
    ],
    [
      'results of web searches',
      conversation(
        said(
          'assistant',
          times(
            count / 2,
            (index) =>
              `{"type":"server_tool_use","id":"s${index}","name":"web_search","input":{"query":"x"}},{"type":"web_search_tool_result","tool_use_id":"s${index}","content":[]}`,
          ),
        ),
      ),
    ],
    [
      'marks of caches',
      conversation(
        said(
          'user',
          times(count * 2, () => '{"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":"1h"}}'),
        ),
      ),
    ],
    ['unknown members', beside(times(900, (index) => `"m${index}":[${'0,'.repeat(100)}0]`))],
    [
      'a tool input of 20 MB',
      conversation(
        said('assistant', filled('{"type":"tool_use","id":"c","name":"t","input":{"a":"@"}}', '\\n', 20 * MIB)),
      ),
    ],
  ];
}

function ofOpenAi(dialect, { conversation, beside, said }) {
  const isChat = dialect === 'chat';
  const tool = (index, parameters = '') =>
    isChat
      ? `{"type":"function","function":{"name":"t${index}"${parameters}}}`
      : `{"type":"function","name":"t${index}"${parameters}}`;
  const format = (schema) =>
    isChat
      ? `"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":${schema}}}`
      : `"text":{"format":{"type":"json_schema","name":"x","schema":${schema}}}`;
  const properties = (count) =>
    `{"type":"object","properties":{${times(count, (index) => `"p${index}":{"minLength":1}`)}}}`;
  const call = (id, input) =>
    isChat
      ? `{"role":"assistant","tool_calls":[{"id":"${id}","type":"function","function":{"name":"t","arguments":"${input}"}}]}`
      : `{"type":"function_call","call_id":"${id}","name":"t","arguments":"${input}"}`;
  const image = (url) =>
    isChat ? `[{"type":"image_url","image_url":{"url":"${url}"}}]` : `[{"type":"input_image","image_url":"${url}"}]`;
  const part = (type) => said(`[{"type":"${type}"}]`);
  return [
    ['a schema with 100,000 properties', beside(format(properties(100_000)))],
    ['a schema, just not too large', beside(format(properties(MOST_VALUES / 2.1)))],
    ['a schema nested 450 times', beside(format(`${'{"type":"object","items":'.repeat(450)}{}${'}'.repeat(450)}`))],
    ['10,000 tools', beside(`"tools":[${times(10_000, (index) => tool(index))}]`)],
    [
      'tools, just not too many',
      beside(`"tools":[${times(MOST_VALUES / 5, (index) => tool(index, ',"strict":true'))}]`),
    ],
    ['wrong tools', beside(`"tools":[${'0,'.repeat(MOST_VALUES)}0]`)],
    ['a data URL of 30 MB', conversation(said(image(filled('data:image/png;base64,@', 'A', 30 * MIB))))],
    ['a data URL that is all head', conversation(said(image(filled('data:@,A', ';', 30 * MIB))))],
    ['a URL of 30 MB', conversation(said(image(filled('https://@', 'a/', 30 * MIB))))],
    ['an id of a call of 30 MB', conversation(call('.'.repeat(30 * MIB), '{}'))],
    ['arguments of a million values', conversation(call('c', `{\\"a\\":[${'0,'.repeat(MILLION)}0]}`))],
    ['arguments nested 100,000 times', conversation(call('c', '['.repeat(100_000)))],
    ['calls, just not too many', conversation(times(MOST_VALUES / 8, () => call('c', '{}')))],
    ['a part of an unknown type of 30 MB', conversation(part('x'.repeat(30 * MIB)))],
    ['an instruction of 30 MB', beside(filled('"instructions":"@"', '\\n', 30 * MIB))],
    ['a role of 30 MB', conversation(`{"role":"${'x'.repeat(30 * MIB)}","content":"x"}`)],
  ];
}
