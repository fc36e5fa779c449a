import { describe, expect, it } from '@jest/globals';
import { anthropicToOpenAi, chatUsageOf, finishReasonOf } from './anthropic-to-chat.js';

const message = (members: object = {}) => ({
  id: 'msg_01abc',
  type: 'message',
  model: 'claude-opus-5-5',
  content: [{ type: 'text', text: 'Good day.' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 4 },
  ...members,
});
const answerOf = (members: object) => {
  const [choice] = anthropicToOpenAi(message(members)).choices as { message: unknown; finish_reason: string }[];
  return choice!;
};

describe('anthropicToOpenAi', () => {
  it('writes a chat completion', () => {
    expect(anthropicToOpenAi(message(), {}, 1_700_000_000)).toEqual({
      id: 'chatcmpl-01abc',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'claude-opus-5-5',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Good day.', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: expect.objectContaining({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }),
    });
  });

  it('joins texts, keeps thinking beside them, and leaves out what Anthropic ran itself', () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'text', text: 'one' },
      { type: 'server_tool_use', id: 'x', name: 'web_search', input: {} },
      { type: 'text', text: ' two' },
    ];
    expect(answerOf({ content }).message).toEqual({
      role: 'assistant',
      content: 'one two',
      refusal: null,
      reasoning_content: 'hm',
      reasoning_details: [
        { type: 'reasoning.text', text: 'hm', signature: 's', format: 'anthropic-claude-v1', index: 0 },
      ],
    });
  });

  it('writes calls with their arguments as text, and null for the text that is not there', () => {
    const content = [
      { type: 'tool_use', id: 'toolu_1', name: 'look', input: { a: 'ü' } },
      { type: 'tool_use', id: 'toolu_2', name: 'look' },
    ];
    expect(answerOf({ content, stop_reason: 'tool_use' })).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [
          { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{"a":"ü"}' } },
          { id: 'toolu_2', function: { arguments: '{}' } },
        ],
      },
    });
  });

  it('tells a refusal as one', () => {
    expect(answerOf({ content: [], stop_reason: 'refusal', stop_details: { explanation: 'dangerous' } })).toMatchObject(
      {
        finish_reason: 'content_filter',
        message: { content: '', refusal: 'dangerous' },
      },
    );
    expect(answerOf({ content: [], stop_reason: 'refusal', stop_details: null }).message).toMatchObject({
      refusal: expect.stringContaining('refused'),
    });
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['compaction', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['server_timeout', 'length'],
    ['something_new', 'stop'],
    [null, 'stop'],
  ])('%s is %s', (stopReason, finishReason) => {
    expect(finishReasonOf(stopReason)).toBe(finishReason);
  });

  it('counts cached tokens into the prompt', () => {
    const usage = {
      input_tokens: 1,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 300,
      output_tokens: 7,
      output_tokens_details: { thinking_tokens: 5 },
    };
    expect(chatUsageOf(usage)).toMatchObject({
      prompt_tokens: 321,
      total_tokens: 328,
      prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 300 },
      completion_tokens_details: { reasoning_tokens: 5 },
    });
    expect(chatUsageOf(undefined)).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 });
  });
});
