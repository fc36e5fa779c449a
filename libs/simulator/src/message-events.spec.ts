import { describe, expect, it } from '@jest/globals';
import type { ContentOptions } from './answer-options.js';
import { composeMessage, messageBody, messageEvents } from './message-events.js';

const FACTS = {
  model: 'claude-sonnet-5-5',
  greeting: 'Hello.',
  bodyBytes: 4000,
  hasCacheControl: false,
  messageIdPrefix: 'msg_01',
  serviceUsage: { service_tier: 'standard' },
};

function compose(options: ContentOptions = {}, facts: Partial<typeof FACTS> = {}) {
  return composeMessage(options, { ...FACTS, ...facts });
}

function textOf(events: Iterable<Record<string, unknown>>): string[] {
  return [...events].flatMap((event) => {
    const delta = event.delta as { text?: string } | undefined;
    return delta?.text === undefined ? [] : [delta.text];
  });
}

describe('the event sequence of an answer', () => {
  it('keeps the order of Anthropic: start, thinking, text, tool, delta, stop', () => {
    const message = compose({ thinking: 'hm', text: 'ok', toolUse: { name: 'Read', input: { file_path: '/a' } } });
    const types = [...messageEvents(message)].map((event) => event.type);
    expect(types.at(0)).toBe('message_start');
    expect(types.slice(-2)).toEqual(['message_delta', 'message_stop']);
    expect(types.filter((type) => type === 'content_block_start')).toHaveLength(3);
    expect(types.filter((type) => type === 'content_block_stop')).toHaveLength(3);
  });

  it('never splits a surrogate pair and loses no text', () => {
    const text = '👋👩‍💻 東京 🎉🎉🎉 end';
    for (const deltaLength of [1, 2, 3, 5]) {
      const parts = textOf(messageEvents(compose({ text, deltaLength })));
      expect(parts.join('')).toBe(text);
      for (const part of parts) expect(part.isWellFormed()).toBe(true);
    }
  });

  it('opens a tool call with an empty input_json_delta and sends nothing more for empty input', () => {
    const deltas = [...messageEvents(compose({ toolUse: { name: 'now' } }))].filter(
      (event) => event.type === 'content_block_delta',
    );
    expect(deltas.map((event) => event.delta)).toEqual([{ type: 'input_json_delta', partial_json: '' }]);
  });

  it('sends only a signature for thinking whose display is omitted', () => {
    const deltas = [...messageEvents(compose({ thinking: '' }))].filter((event) => event.index === 0 && event.delta);
    expect(deltas).toHaveLength(1);
    expect(deltas[0]?.delta).toMatchObject({ type: 'signature_delta' });
  });

  it('reports the input side at the start with one output token, and the totals at the end', () => {
    const events = [...messageEvents(compose({ usage: { output_tokens: 77, cache_read_input_tokens: 5 } }))];
    const start = events[0] as unknown as { message: { usage: Record<string, unknown> } };
    expect(start.message.usage).toMatchObject({ input_tokens: 1000, output_tokens: 1, cache_read_input_tokens: 5 });
    expect(start.message.usage).toMatchObject({
      service_tier: 'standard',
      cache_creation: { ephemeral_5m_input_tokens: 0 },
    });
    const usage = events.at(-2)?.usage;
    expect(usage).toEqual({
      input_tokens: 1000,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 5,
      output_tokens: 77,
    });
  });

  it('splits the input over the cache if the request has breakpoints, and keeps the total', () => {
    const { usage } = compose({}, { hasCacheControl: true });
    expect(usage).toMatchObject({ input_tokens: 250, cache_creation_input_tokens: 250, cache_read_input_tokens: 500 });
    expect(usage.cache_creation).toEqual({ ephemeral_5m_input_tokens: 250, ephemeral_1h_input_tokens: 0 });
  });

  it('counts the same tokens for the same request on every call', () => {
    expect(compose().usage).toEqual(compose().usage);
  });

  it('stops with tool_use after a tool call, and with end_turn otherwise', () => {
    expect(messageBody(compose()).stop_reason).toBe('end_turn');
    expect(messageBody(compose({ toolUse: { name: 'Bash' } })).stop_reason).toBe('tool_use');
    expect(messageBody(compose({ stopReason: 'refusal' })).stop_reason).toBe('refusal');
  });
});
