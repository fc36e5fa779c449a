import { describe, expect, it } from '@jest/globals';
import type { GatewayError } from '../exchange/gateway-error.js';
import { JSON_INSTRUCTION } from './openai-to-anthropic.js';
import { translated as translatedForm } from './testing/translated.js';

const HELLO = [{ role: 'user', content: 'hello' }];
const translated = (members: Record<string, unknown> = {}) => translatedForm('chat', members);
const messagesOf = (messages: unknown[], model = 'claude-opus-5-5') => translated({ messages, model }).body.messages;
const refusalOf = (members: Record<string, unknown>) => {
  try {
    translated(members);
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('was taken');
};
const CALL = { id: 'call.1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } };

describe('messages', () => {
  it('puts system and developer into the system', () => {
    const { body } = translated({
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'developer', content: [{ type: 'text', text: 'be kind' }] },
        ...HELLO,
      ],
    });
    expect(body.system).toBe('be brief\nbe kind');
  });

  it('turns tool calls and their results into blocks, with ids that Anthropic takes', () => {
    const messages = [
      ...HELLO,
      { role: 'assistant', content: null, tool_calls: [CALL, { ...CALL, id: 'b' }] },
      { role: 'tool', tool_call_id: 'call.1', content: 'one' },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
    ];
    expect(messagesOf(messages)).toMatchObject([
      { role: 'user', content: [{ type: 'text', text: 'hello' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'call_1', name: 'look', input: { a: 1 } },
          { type: 'tool_use', id: 'b', name: 'look', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: 'one' }] },
          { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'two' }] },
        ],
      },
    ]);
  });

  it.each([
    ['', {}],
    ['  ', {}],
    ['{}', {}],
    ['{"a":{"b":[1]}}', { a: { b: [1] } }],
  ])('reads arguments %j', (text, input) => {
    const call = { ...CALL, function: { name: 'look', arguments: text } };
    const messages = messagesOf([...HELLO, { role: 'assistant', tool_calls: [call] }]);
    expect(messages).toMatchObject([{}, { content: [{ type: 'tool_use', input }] }, {}]);
  });

  it.each(['{', '[]', '"x"', '{"path": "a'])(
    'wraps arguments %j, so that one broken call does not end the conversation',
    (text) => {
      const call = { ...CALL, function: { name: 'look', arguments: text } };
      const messages = messagesOf([...HELLO, { role: 'assistant', tool_calls: [call] }]);
      expect(messages).toMatchObject([{}, { content: [{ input: { INVALID_JSON: text } }] }, {}]);
    },
  );

  it('takes calls without ids, and results that are values', () => {
    const { id: _id, ...call } = CALL;
    const messages = messagesOf([
      ...HELLO,
      { role: 'assistant', tool_calls: [call, call] },
      { role: 'tool', content: { rain: true } },
      { role: 'tool', content: 7 },
    ]);
    expect(messages).toMatchObject([
      {},
      { content: [{ id: 'call' }, { id: 'call_2' }] },
      {
        content: [
          { tool_use_id: 'call', content: [{ text: '{"rain":true}' }] },
          { tool_use_id: 'call_2', content: [{ text: '7' }] },
        ],
      },
    ]);
  });

  it('keeps arguments digit for digit', () => {
    const text = '{ "id": 12345678901234567890, "price": 1.0, "2": 0, "1": 1e400 }';
    const call = { ...CALL, function: { name: 'look', arguments: text } };
    const { json } = translated({ messages: [...HELLO, { role: 'assistant', tool_calls: [call] }] });
    expect(json).toContain(`"input":${text}`);
  });

  it('leaves out what a tool did not say', () => {
    const messages = messagesOf([
      ...HELLO,
      { role: 'assistant', content: '', tool_calls: [CALL] },
      { role: 'tool', tool_call_id: 'call.1', content: '' },
    ]);
    expect(messages).toMatchObject([{}, { content: [{ type: 'tool_use' }] }, { content: [{ type: 'tool_result' }] }]);
    expect(JSON.stringify(messages)).not.toContain('"text":""');
  });

  it('takes files: a PDF, a text, an address', () => {
    const file = (members: object) => ({ type: 'file', file: members });
    const content = [
      file({ file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' }),
      file({ file_data: 'JVBERi0=', filename: 'a.pdf' }),
      file({ file_data: `data:text/plain;base64,${Buffer.from('grüße').toString('base64')}` }),
    ];
    expect(messagesOf([{ role: 'user', content }])).toMatchObject([
      {
        content: [
          {
            type: 'document',
            title: 'a.pdf',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
          },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'grüße' } },
        ],
      },
    ]);
  });

  it.each([['ftp://example.com/a.png'], ['file:///etc/passwd'], ['']])('refuses the image %j', (url) => {
    const error = refusalOf({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] });
    expect(error.details).toMatchObject({ param: 'messages[0].content[0].image_url.url' });
  });

  it.each([
    ['a file of OpenAI', { type: 'file', file: { file_id: 'file-1' } }],
    ['sound', { type: 'input_audio', input_audio: { data: 'x', format: 'wav' } }],
    [
      'an image of a type that Claude does not take',
      { type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,PHN2Zz4=' } },
    ],
    ['a part of tomorrow', { type: 'hologram' }],
  ])('leaves %s out, with a note in its place', (_name, part) => {
    const { body, leftOut } = translated({
      messages: [{ role: 'user', content: [part, { type: 'text', text: 'what is it?' }] }],
    });
    expect(leftOut).toEqual([`messages[0].content[0]:${part.type}`]);
    expect(body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: `[${part.type}: not available here]` },
          { type: 'text', text: 'what is it?' },
        ],
      },
    ]);
  });

  it('leaves an image in a system message out, and refuses a message without a known role', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
    const text = { type: 'text', text: 'be brief' };
    const { body, leftOut } = translated({ messages: [{ role: 'system', content: [image, text] }, ...HELLO] });
    expect([body.system, leftOut]).toEqual(['be brief', ['messages[0].content[0]:image_url']]);
    expect(refusalOf({ messages: [{ role: 'robot', content: 'y' }] }).details).toMatchObject({
      param: 'messages[0].role',
    });
    expect(refusalOf({ messages: [{ content: 'y' }] }).details).toMatchObject({ param: 'messages[0].role' });
  });

  it('passes the refusal of an earlier turn on as what was said', () => {
    const messages = messagesOf([...HELLO, { role: 'assistant', content: null, refusal: 'No.' }, ...HELLO]);
    expect(messages).toMatchObject([{}, { content: [{ type: 'text', text: 'No.' }] }, {}]);
  });
});

describe('the answer', () => {
  it.each([
    [{}, 128_000],
    [{ max_tokens: 10 }, 10],
    [{ max_tokens: 10, max_completion_tokens: 20 }, 20],
    [{ max_tokens: 999_999 }, 128_000],
    [{ model: 'claude-haiku-4-5' }, 64_000],
  ])('may be so long with %j', (members, maxTokens) => {
    expect(translated(members).body.max_tokens).toBe(maxTokens);
  });

  it('is a stream when asked for, and tells its usage when asked for', () => {
    expect(translated()).toMatchObject({ isStream: false, includesUsage: false });
    expect(translated().body).not.toHaveProperty('stream');
    const streamed = translated({ stream: true, stream_options: { include_usage: true } });
    expect(streamed).toMatchObject({ isStream: true, includesUsage: true, body: { stream: true } });
  });

  it('is JSON by instruction where no schema is given', () => {
    const messages = [{ role: 'system', content: 'be brief' }, ...HELLO];
    const { body } = translated({ messages, response_format: { type: 'json_object' } });
    expect(body.system).toBe(`be brief\n${JSON_INSTRUCTION}`);
    expect(body).not.toHaveProperty('output_config');
  });

  it('has only the tools that are allowed', () => {
    const tool = (name: string) => ({ type: 'function', function: { name } });
    const { body } = translated({
      model: 'claude-haiku-5-5',
      tools: [tool('a'), tool('b')],
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tool('b')] } },
    });
    expect(body).toMatchObject({ tools: [{ name: 'b' }], tool_choice: { type: 'any' } });
    expect(body.tools).toHaveLength(1);
  });

  it('names what was wished in vain, but nothing that changes nothing', () => {
    expect(translated({ seed: 1, store: true, frequency_penalty: 0, logit_bias: null }).leftOut).toEqual([
      'seed',
      'store',
    ]);
  });

  it.each([{ n: 1 }, { logprobs: false }, { top_logprobs: 0 }, { modalities: ['text'] }, { audio: null }])(
    'takes %j, which asks for nothing special',
    (members) => {
      expect(translated(members).leftOut).toEqual([]);
    },
  );

  it('caches only for who speaks of caching', () => {
    expect(translated().body).not.toHaveProperty('cache_control');
    expect(translated({ prompt_cache_key: 'k' }).body.cache_control).toEqual({ type: 'ephemeral', ttl: '5m' });
    expect(translated({ prompt_cache_retention: '24h' }).body.cache_control).toEqual({ type: 'ephemeral', ttl: '1h' });
  });
});

describe('a request that is none', () => {
  it.each([
    [{ model: undefined }, 'model'],
    [{ messages: undefined }, 'messages'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [{ temperature: 3 }, 'temperature'],
    [{ stream: 'yes' }, 'stream'],
    [{ reasoning_effort: 'enormous' }, 'reasoning_effort'],
  ])('%j is reported with its place', (members, param) => {
    expect(refusalOf(members).details).toMatchObject({ param });
  });
});
