import { describe, expect, it } from '@jest/globals';
import { translated } from '../testing/translated.js';
import { packedThinking, reasoningDetail, thinkingInDetails, unpackedThinking } from './thinking-blocks.js';

const THINKING = { type: 'thinking', thinking: 'Grüße, 1.0', signature: 'sig+/=' };
const HIDDEN = { type: 'thinking', thinking: '', signature: 'other' };
const REDACTED = { type: 'redacted_thinking', data: 'abc' };
const BLOCKS = [THINKING, HIDDEN, REDACTED];

describe('thinking', () => {
  it.each(BLOCKS)('comes back unchanged through a reasoning item: %j', (block) => {
    expect(unpackedThinking(packedThinking(block))).toEqual(block);
  });

  it('comes back unchanged through reasoning_details, in one piece and in the pieces of a stream', () => {
    expect(thinkingInDetails(BLOCKS.map(reasoningDetail))).toEqual(BLOCKS);
    const pieces = [
      { type: 'reasoning.text', text: 'Grüße, ', index: 0 },
      { type: 'reasoning.text', text: '1.0', index: 0 },
      { type: 'reasoning.text', signature: 'sig+/=', index: 0 },
    ];
    expect(thinkingInDetails(pieces)).toEqual([THINKING]);
  });

  it.each([undefined, '', 'gAAAA-of-OpenAI', 'claude-thinking-1:e30', 'claude-thinking-1:?', 7])(
    'of another service is none: %j',
    (packed) => {
      expect(unpackedThinking(packed)).toBeUndefined();
    },
  );

  it('is in a tool loop before the call that it led to', () => {
    const call = { id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } };
    const { body } = translated('chat', {
      messages: [
        { role: 'user', content: 'look' },
        {
          role: 'assistant',
          content: 'Let me look.',
          tool_calls: [call],
          reasoning_details: [reasoningDetail(THINKING, 0)],
        },
        { role: 'tool', tool_call_id: 'a', content: 'rain' },
      ],
    });
    expect(body.messages).toMatchObject([{}, { content: [THINKING, { type: 'text' }, { type: 'tool_use' }] }, {}]);
    const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: packedThinking(THINKING) };
    const { body: sent } = translated('responses', {
      input: [
        { role: 'user', content: 'look' },
        item,
        { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' },
        { type: 'function_call_output', call_id: 'a', output: 'rain' },
      ],
    });
    expect(sent.messages).toMatchObject([{}, { content: [THINKING, { type: 'tool_use' }] }, {}]);
  });

  it('may be left out by newer models once a client has shortened the conversation before it', () => {
    const said = { role: 'assistant', content: 'hm', reasoning_details: [reasoningDetail(THINKING, 0)] };
    const sent = (model: string, more: object = {}) => {
      const messages = [{ role: 'user', content: 'a' }, said, { role: 'user', content: 'b' }];
      const { body, betas } = translated('chat', { model, messages, ...more });
      return [body.thinking, betas];
    };
    const unbound = { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'drop_block' } };
    expect(sent('claude-opus-5-5')).toEqual([unbound, ['thinking-binding-controls-2026-08-01']]);
    expect(sent('claude-opus-5')).toEqual([undefined, []]);
    expect(sent('claude-haiku-5-5', { reasoning_effort: 'none' })).toEqual([{ type: 'disabled' }, []]);
  });

  it('allows a budget for the next thinking, which calls without it forbid', () => {
    const loop = (details: object[]) => ({
      model: 'claude-haiku-4-5',
      reasoning_effort: 'low',
      messages: [
        { role: 'user', content: 'look' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{}' } }],
          reasoning_details: details,
        },
        { role: 'tool', tool_call_id: 'a', content: 'rain' },
      ],
    });
    expect(translated('chat', loop([reasoningDetail(THINKING, 0)])).body.thinking).toMatchObject({ type: 'enabled' });
    expect(translated('chat', loop([])).body).not.toHaveProperty('thinking');
  });
});
