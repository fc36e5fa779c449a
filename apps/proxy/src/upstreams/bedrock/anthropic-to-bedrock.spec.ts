import { createHash } from 'node:crypto';
import { ClaudeModels } from '@claude-proxy/claude-models';
import { JsonView } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import { anthropicToBedrock } from './anthropic-to-bedrock.js';
import { NO_QUIRKS, type Quirks } from './bedrock-quirks.js';
import { capabilitiesOf } from './model-capabilities.js';

const models = new ClaudeModels();

type Body = Record<string, unknown>;

const USER = { role: 'user', content: 'hi' };
const MINIMAL = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 1, messages: [USER] };

function translateText(text: string, model: string, betaHeader?: string, quirks: Partial<Quirks> = {}) {
  const capabilities = capabilitiesOf(models.named(model));
  const request = () => ({
    body: JsonView.of(Buffer.from(text)),
    betaHeader,
    capabilities,
    quirks: { ...NO_QUIRKS, ...quirks },
  });
  const translated = anthropicToBedrock(request());
  expect(anthropicToBedrock(request()).body.toString()).toBe(translated.body.toString());
  return { ...translated, text: translated.body.toString(), json: JSON.parse(translated.body.toString()) as Body };
}

function translated(changes: Body, model = 'claude-opus-5-5', betaHeader?: string, quirks: Partial<Quirks> = {}) {
  const body = { model, max_tokens: 1, messages: [USER], stream: true, ...changes };
  return translateText(JSON.stringify(body), model, betaHeader, quirks);
}

function translate(changes: Body, model?: string, betaHeader?: string, quirks?: Partial<Quirks>): Body {
  return translated(changes, model, betaHeader, quirks).json;
}

describe('anthropicToBedrock', () => {
  it('turns a minimal request into a minimal body', () => {
    expect(translate({})).toEqual(MINIMAL);
  });

  it('drops and reports fields that Bedrock does not have', () => {
    const unknown = { service_tier: 'auto', speed: 'fast', inference_geo: 'us', container: null, mcp_servers: [] };
    const more = { fallbacks: 'default', diagnostics: {}, thread: { type: 'create' }, safeguards: [], betas: [] };
    const last = { user_profile_id: 'x', billing_policy: {}, resumption: {}, request_tags: ['a'], container: null };
    const { json, dropped } = translated({ ...unknown, ...more, ...last });
    expect(json).toEqual(MINIMAL);
    const named = 'speed fallbacks diagnostics user_profile_id billing_policy resumption request_tags'.split(' ');
    expect(dropped).toEqual(named);
    const known = { system: 'a', stop_sequences: ['b'], tool_choice: { type: 'auto' }, tools: [] };
    expect(translate(known)).toEqual({ ...MINIMAL, ...known });
  });

  it('does not pass null as thinking, metadata or context_management', () => {
    expect(translate({ metadata: null, context_management: null, output_config: null })).toEqual(MINIMAL);
  });

  it('leaves an invalid body unchanged for Bedrock to refuse', () => {
    const odd = { messages: 'no list', system: 7, tools: {}, thinking: 'yes' };
    expect(translate(odd)).toEqual({ ...MINIMAL, ...odd });
    const odder = { messages: [null, 1, { role: 'user', content: [null, 'a'] }], tools: [null], system: [null] };
    expect(translate(odder)).toEqual({ ...MINIMAL, ...odder });
  });

  it.each([['{"device_id":"ab","session_id":"cd"}'], ['user_1'], ['']])('hashes the user id %s', (userId) => {
    const hash = createHash('sha256').update(userId).digest('hex');
    expect(translate({ metadata: { user_id: userId, other: 'x' } }).metadata).toEqual({ user_id: hash });
  });

  it('has no metadata without a user id', () => {
    expect(translate({ metadata: { other: 'x' } })).toEqual(MINIMAL);
    expect(translate({ metadata: { user_id: 7 } })).toEqual(MINIMAL);
  });
});

describe('sampling', () => {
  it.each([
    ['claude-opus-5-5', { temperature: 1, top_p: 0.99 }, {}],
    ['claude-opus-5-5', { temperature: 0.5, top_p: 0.9, top_k: 5 }, { temperature: 0.5, top_p: 0.9, top_k: 5 }],
    ['claude-opus-4-7', { temperature: 0 }, { temperature: 0 }],
    ['claude-sonnet-4-6', { temperature: 0, top_p: 0.9, top_k: 5 }, { temperature: 0, top_p: 0.9, top_k: 5 }],
    ['claude-sonnet-4-5-20250929', { temperature: 1, top_p: 0.9, top_k: 5 }, { top_p: 0.9, top_k: 5 }],
    ['claude-sonnet-4-5-20250929', { temperature: 0, top_p: 1 }, { temperature: 0 }],
    ['claude-sonnet-4-5-20250929', { temperature: 0, top_p: 0.9 }, { temperature: 0, top_p: 0.9 }],
    ['claude-haiku-4-5-20251001', { temperature: 1 }, { temperature: 1 }],
    ['claude-haiku-4-5-20251001', { top_p: 0.9 }, { top_p: 0.9 }],
  ])('on %s never differs from the request (%j)', (model, sampling, expected) => {
    expect(translate(sampling, model)).toEqual({ ...MINIMAL, ...expected });
  });
});

describe('thinking', () => {
  const updates = 'thinking-display-updates-2026-08-18';
  it.each<[string, Body, string | undefined, Body]>([
    ['claude-opus-5-5', { type: 'enabled', budget_tokens: 5 }, undefined, { type: 'adaptive' }],
    ['claude-opus-5-5', { type: 'adaptive', display: 'updates' }, updates, { type: 'adaptive', display: 'updates' }],
    ['claude-opus-5-5', { type: 'adaptive', display: 'updates' }, undefined, { type: 'adaptive', display: 'updates' }],
    ['claude-opus-5-5', { type: 'adaptive', display: 'new' }, undefined, { type: 'adaptive', display: 'summarized' }],
    ['claude-opus-5-5', { type: 'adaptive', display: 'omitted' }, undefined, { type: 'adaptive', display: 'omitted' }],
    ['claude-opus-4-8', { type: 'adaptive', display: 'updates' }, updates, { type: 'adaptive', display: 'updates' }],
    ['claude-opus-4-7', { type: 'adaptive', display: 'updates' }, updates, { type: 'adaptive', display: 'updates' }],
    ['claude-opus-4-8', { type: 'disabled' }, undefined, { type: 'disabled' }],
    ['claude-sonnet-5-5', { type: 'between_tools' }, undefined, { type: 'between_tools' }],
    ['claude-sonnet-4-6', { type: 'enabled', budget_tokens: 5 }, undefined, { type: 'enabled', budget_tokens: 5 }],
    [
      'claude-sonnet-4-5-20250929',
      { type: 'enabled', budget_tokens: 5, display: 'updates' },
      updates,
      { type: 'enabled', budget_tokens: 5 },
    ],
    ['claude-opus-4-8', { type: 'adaptive', block_binding: {} }, undefined, { type: 'adaptive' }],
    ['claude-opus-5-5', { type: 'adaptive', block_binding: {} }, undefined, { type: 'adaptive', block_binding: {} }],
    // The meaning does not change: Anthropic refuses these two as well.
    ['claude-opus-5-5', { type: 'disabled' }, undefined, { type: 'disabled' }],
    ['claude-sonnet-4-5-20250929', { type: 'adaptive' }, undefined, { type: 'adaptive' }],
  ])('on %s turns %j', (model, thinking, header, expected) => {
    expect(translate({ thinking }, model, header).thinking).toEqual(expected);
  });
});

describe('output_config', () => {
  const format = { type: 'json_schema', schema: {} };
  it.each<[string, Body, Body | undefined]>([
    ['claude-opus-5-5', { output_config: { effort: 'low', task_budget: {} } }, { effort: 'low' }],
    ['claude-sonnet-4-5-20250929', { output_config: { effort: 'low' } }, undefined],
    ['claude-sonnet-4-5-20250929', { output_config: { effort: 'low', format } }, { format }],
    ['claude-opus-4-5-20251101', { output_config: { effort: 'low' } }, { effort: 'low' }],
    ['claude-sonnet-4-6', { output_format: format }, { format }],
    ['claude-sonnet-4-6', { output_format: format, output_config: { effort: 'low' } }, { effort: 'low', format }],
    ['claude-opus-5-5', { output_format: format }, { format }],
    ['claude-opus-5-5', { output_config: { format } }, { format }],
  ])('on %s turns %j', (model, changes, expected) => {
    const translated = translate(changes, model);
    expect(translated.output_config).toEqual(expected);
    expect(translated).not.toHaveProperty('output_format');
  });

  it('has no effort if its beta was refused', () => {
    const quirks = { betas: new Set(['effort-2025-11-24']) };
    expect(translate({ output_config: { effort: 'low' } }, 'claude-opus-4-5-20251101', '', quirks)).toEqual(MINIMAL);
  });
});

describe('context_management', () => {
  const clear = { type: 'clear_tool_uses_20250919', keep: { type: 'tool_uses', value: 3 } };
  const claudeCode = { type: 'clear_thinking_20251015', keep: 'all' };
  const compact = { type: 'compact_20260112' };
  it.each<[string, unknown[], unknown[] | undefined]>([
    ['claude-opus-5-5', [claudeCode], undefined],
    ['claude-opus-5-5', [clear], undefined],
    ['claude-sonnet-4-5-20250929', [claudeCode], undefined],
    ['claude-sonnet-4-5-20250929', [claudeCode, clear], [clear]],
    ['claude-opus-4-6', [compact, clear], [compact]],
    ['claude-opus-4-6', [], undefined],
  ])('on %s keeps the supported edits of %j', (model, edits, expected) => {
    const translated = translate({ context_management: { edits } }, model, 'context-management-2025-06-27');
    expect(translated.context_management).toEqual(expected && { edits: expected });
    expect('anthropic_beta' in translated).toBe(expected !== undefined);
  });

  it('is removed with its beta if that was refused', () => {
    const quirks = { betas: new Set(['compact-2026-01-12']) };
    expect(translate({ context_management: { edits: [compact] } }, 'claude-opus-4-6', '', quirks)).toEqual(MINIMAL);
  });

  it('keeps the newer compaction on models that support it', () => {
    const compaction = { trigger: {} };
    expect(translate({ compaction })).toMatchObject({ compaction, anthropic_beta: ['compact-2026-09-04'] });
    expect(translate({ compaction }, 'claude-sonnet-5-5')).toEqual(MINIMAL);
  });
});

describe('a field that this model has refused before', () => {
  it('is removed by path', () => {
    const quirks = { paths: ['thinking.display', 'tools.*.custom.description'] };
    const tools = [
      { name: 'a', description: 'x' },
      { type: 'bash_20250124', name: 'bash', description: 'kept' },
    ];
    const translated = translate({ thinking: { type: 'adaptive', display: 'omitted' }, tools }, undefined, '', quirks);
    expect(translated).toMatchObject({ thinking: { type: 'adaptive' }, tools: [{ name: 'a' }, tools[1]] });
  });

  it('can be the system role', () => {
    const messages = [USER, { role: 'system', content: 'now' }];
    expect(translate({ messages }).messages).toEqual(messages);
    const folded = translate({ messages }, undefined, '', { refusesSystemRole: true }).messages as Body[];
    expect(folded.map(({ role }) => role)).toEqual(['user']);
  });
});

describe('without the thinking of earlier turns', () => {
  const without = (messages: unknown) => {
    const body = JsonView.of(Buffer.from(JSON.stringify({ max_tokens: 1, messages })));
    const capabilities = capabilitiesOf(models.named('claude-opus-5-5'));
    const request = { body, betaHeader: undefined, capabilities, quirks: NO_QUIRKS, withoutThinking: true };
    return JSON.parse(anthropicToBedrock(request).body.toString()).messages;
  };

  it('assistant turns keep all other blocks', () => {
    const toolUse = { type: 'tool_use', id: 'a', name: 'b', input: {} };
    const thinking = [
      { type: 'thinking', thinking: '', signature: 's' },
      { type: 'redacted_thinking', data: 'd' },
    ];
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'c' }] };
    const text = { role: 'assistant', content: 'text' };
    expect(without([USER, { role: 'assistant', content: [...thinking, toolUse] }, result, text])).toEqual([
      USER,
      { role: 'assistant', content: [toolUse] },
      result,
      text,
    ]);
  });

  it('a turn with only thinking is removed', () => {
    expect(without([null, { role: 'assistant', content: [{ type: 'thinking' }] }, USER])).toEqual([null, USER]);
    expect(without('no list')).toBe('no list');
  });
});
