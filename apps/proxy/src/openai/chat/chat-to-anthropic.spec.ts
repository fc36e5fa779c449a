import { ClaudeModels } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import type { GatewayError } from '../../exchange/gateway-error.js';
import { JSON_INSTRUCTION } from '../messages-body.js';
import { ModelCatalog } from '../models/model.catalog.js';
import { openAiToAnthropic } from './chat-to-anthropic.js';

const catalog = new ModelCatalog(new ClaudeModels(), {});
const HELLO = [{ role: 'user', content: 'hello' }];
const translated = (members: Record<string, unknown> = {}) =>
  openAiToAnthropic({ model: 'claude-opus-5-5', messages: HELLO, ...members }, catalog.modelOf);
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
    expect(messagesOf(messages)).toEqual([
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
    expect(messages).toMatchObject([{}, { content: [{ type: 'tool_use', input }] }]);
  });

  it.each(['{', '[]', '"x"', 'null'])('refuses arguments %j by their place', (text) => {
    const call = { ...CALL, function: { name: 'look', arguments: text } };
    const error = refusalOf({ messages: [...HELLO, { role: 'assistant', tool_calls: [call] }] });
    expect(error.details).toMatchObject({ param: 'messages[1].tool_calls[0].function.arguments' });
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

  it.each([
    ['data:image/svg+xml;base64,PHN2Zz4='],
    ['data:image/png,raw'],
    ['ftp://example.com/a.png'],
    ['file:///etc/passwd'],
    [''],
  ])('refuses the image %j', (url) => {
    const error = refusalOf({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] });
    expect(error.details).toMatchObject({ param: 'messages[0].content[0].image_url.url' });
  });

  it('refuses a file of OpenAI, an image in a system message and a message without a role', () => {
    const file = { type: 'file', file: { file_id: 'file-1' } };
    expect(refusalOf({ messages: [{ role: 'user', content: [file] }] }).message).toContain('file_data');
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
    expect(refusalOf({ messages: [{ role: 'system', content: [image] }] }).message).toContain('text only');
    expect(refusalOf({ messages: [{ role: 'function', name: 'x', content: 'y' }] }).status).toBe(400);
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
    expect(translated({ seed: 1, store: true, frequency_penalty: 0, logit_bias: null }).dropped).toEqual([
      'seed',
      'store',
    ]);
  });

  it.each([{ n: 1 }, { logprobs: false }, { top_logprobs: 0 }, { modalities: ['text'] }, { audio: null }])(
    'takes %j, which asks for nothing special',
    (members) => {
      expect(translated(members).dropped).toEqual([]);
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
    [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    [{ stream: 'yes' }, 'stream'],
    [{ reasoning_effort: 'enormous' }, 'reasoning_effort'],
  ])('%j is reported with its place', (members, param) => {
    expect(refusalOf(members).details).toMatchObject({ param });
  });
});
