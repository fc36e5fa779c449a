import { describe, expect, it } from '@jest/globals';
import type { GatewayError } from '../exchange/gateway-error.js';
import { translated as translatedForm } from './testing/translated.js';

const translated = (members: Record<string, unknown> = {}) => translatedForm('responses', members);
const paramOfRefusal = (members: Record<string, unknown>) => {
  try {
    translated(members);
  } catch (error) {
    return (error as GatewayError).details?.param;
  }
  throw new Error('was taken');
};

describe('a request of the Responses API', () => {
  it('takes a text for what the user says, and instructions for the system', () => {
    expect(translated({ instructions: 'be brief' }).body).toEqual({
      model: 'claude-opus-5-5',
      max_tokens: 128_000,
      system: 'be brief',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
    });
  });

  it('takes items with and without a type, joins turns and skips the reasoning of others', () => {
    const { body } = translated({
      input: [
        { role: 'developer', content: 'be kind' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'weather?' }] },
        { type: 'reasoning', id: 'rs_1', summary: [] },
        { type: 'message', role: 'assistant', id: 'msg_1', content: [{ type: 'output_text', text: 'Let me look.' }] },
        { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'weather', arguments: '{"city":"Bonn"}' },
        { type: 'function_call', id: 'fc_2', call_id: 'b', name: 'weather', arguments: '' },
        { type: 'function_call_output', call_id: 'a', output: 'rain' },
        { type: 'function_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'sun' }] },
      ],
    });
    expect(body.system).toEqual([{ type: 'text', text: 'be kind', cache_control: { type: 'ephemeral' } }]);
    expect(body.messages).toMatchObject([
      { role: 'user', content: [{ type: 'text', text: 'weather?' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool_use', id: 'a', name: 'weather', input: { city: 'Bonn' } },
          { type: 'tool_use', id: 'b', name: 'weather', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'rain' }] },
          { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'sun' }] },
        ],
      },
    ]);
  });

  it('takes tools, their choice, a form and an effort', () => {
    const { body } = translated({
      model: 'claude-haiku-5-5',
      tools: [{ type: 'function', name: 'look', parameters: { type: 'object' }, strict: false }],
      tool_choice: { type: 'function', name: 'look' },
      parallel_tool_calls: false,
      text: { format: { type: 'json_schema', name: 'x', schema: { type: 'object' } } },
      reasoning: { effort: 'low' },
    });
    expect(body).toMatchObject({
      tools: [{ name: 'look' }],
      tool_choice: { type: 'tool', name: 'look', disable_parallel_tool_use: true },
      output_config: { effort: 'low', format: { type: 'json_schema', schema: { additionalProperties: false } } },
    });
  });

  it('takes a file by its address', () => {
    const content = [{ type: 'input_file', file_url: 'https://example.com/a.pdf' }];
    expect(translated({ input: [{ role: 'user', content }] }).body.messages).toEqual([
      { role: 'user', content: [{ type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } }] },
    ]);
  });

  it('names what was wished in vain', () => {
    expect(translated({ store: true, temperature: 0.1 }).leftOut).toEqual(['temperature', 'store']);
    expect(translated({ store: false, include: [], truncation: 'disabled' }).leftOut).toEqual([]);
  });

  it.each([
    [{ input: undefined }, 'input'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ prompt: { id: 'p' } }, 'prompt'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ input: [{ role: 'user' }] }, 'input[0].content'],
    [{ input: [{ type: 'function_call', call_id: 7, name: 'b', arguments: '{}' }] }, 'input[0].call_id'],
    [{ input: 'x', tool_choice: { type: 'function', name: 'unknown' } }, 'tool_choice'],
  ])('refuses %j by its place', (members, param) => {
    expect(paramOfRefusal(members)).toBe(param);
  });
});
