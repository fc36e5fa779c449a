import { BETA, ClaudeModels } from '@claude-proxy/claude-models';
import { JsonView } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import { requestedBetas } from './betas.js';
import { chooseBetas } from './choose-betas.js';
import { capabilitiesOf } from './model-capabilities.js';

const models = new ClaudeModels();

const viewOf = (body: unknown) => JsonView.of(Buffer.from(JSON.stringify(body)));

describe('requestedBetas', () => {
  it.each([
    [undefined, {}, []],
    ['', {}, []],
    [' , ', {}, []],
    ['a, b ,a', {}, ['a', 'b']],
    ['advanced-tool-use-2025-11-20', {}, ['tool-search-tool-2025-10-19']],
    ['a', { anthropic_beta: ['b'], betas: ['c', 1, null] }, ['a', 'b', 'c']],
    [undefined, { betas: 'a' }, ['a']],
  ])('reads header %p and body %j', (header, body, expected) => {
    expect([...requestedBetas(header, viewOf(body))]).toEqual(expected);
  });
});

const choose = (model: string, body: Record<string, unknown>, header = '', refused: string[] = []) =>
  chooseBetas(viewOf(body), requestedBetas(header, viewOf(body)), capabilitiesOf(models.named(model)), new Set(refused))
    .sent;

describe('chooseBetas', () => {
  it('sends no beta that neither the caller asked for nor a field needs', () => {
    expect(choose('claude-opus-5-5', { messages: [] })).toEqual([]);
  });

  it.each([
    'claude-code-20250219',
    'oauth-2025-04-20',
    'prompt-caching-scope-2026-01-05',
    'fast-mode-2026-02-01',
    'per-turn-control-2026-07-01',
    'files-api-2025-04-14',
  ])('never sends %s', (beta) => {
    for (const model of ['claude-opus-5-5', 'claude-sonnet-4-5-20250929', 'claude-opus-4-7']) {
      expect(choose(model, {}, beta)).toEqual([]);
    }
  });

  it('sends to each model only its supported betas', () => {
    const header = `${BETA.interleavedThinking},${BETA.toolSearch},${BETA.thinkingTokenCount},${BETA.context1m}`;
    expect(choose('claude-opus-5-5', {}, header)).toEqual([
      BETA.interleavedThinking,
      BETA.toolSearch,
      BETA.thinkingTokenCount,
    ]);
    expect(choose('claude-opus-4-7', {}, header)).toEqual([]);
    expect(choose('claude-sonnet-4-20250514', {}, header)).toEqual([BETA.interleavedThinking, BETA.context1m]);
  });

  it.each<[string, string, Record<string, unknown>]>([
    [BETA.toolSearch, 'claude-opus-5-5', { tools: [{ name: 'a', defer_loading: true }] }],
    [BETA.toolSearch, 'claude-opus-5-5', { tools: [{ type: 'tool_search_tool_regex_20251119' }] }],
    [BETA.toolExamples, 'claude-opus-5-5', { tools: [{ name: 'a', input_examples: [] }] }],
    [BETA.contextManagement, 'claude-opus-5-5', { tools: [{ type: 'memory_20250818' }] }],
    [
      BETA.contextManagement,
      'claude-sonnet-4-5-20250929',
      { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } },
    ],
    [BETA.compactEdit, 'claude-opus-4-6', { context_management: { edits: [{ type: 'compact_20260112' }] } }],
    [BETA.compaction, 'claude-haiku-5-5', { compaction: {} }],
    [BETA.compaction, 'claude-opus-5-5', { messages: [{ role: 'assistant', content: [{ type: 'compaction' }] }] }],
    [BETA.effort, 'claude-opus-4-5-20251101', { output_config: { effort: 'low' } }],
    [BETA.thinkingBindingControls, 'claude-sonnet-5-5', { thinking: { type: 'adaptive', block_binding: {} } }],
    [BETA.toolChanges, 'claude-opus-5-5', { messages: [{ role: 'system', content: [{ type: 'tool_removal' }] }] }],
    [BETA.computerUse2025January, 'claude-sonnet-4-5-20250929', { tools: [{ type: 'computer_20250124' }] }],
    [BETA.computerUse2025November, 'claude-opus-5-5', { tools: [{ type: 'computer_20251124' }] }],
  ])('sends %s to %s because the body needs it', (beta, model, body) => {
    expect(choose(model, body)).toEqual([beta]);
    expect(choose(model, body, '', [beta])).toEqual([]);
  });

  it('sends a beta of a field only with its field', () => {
    const header = `${BETA.contextManagement},${BETA.effort},${BETA.toolExamples},${BETA.compaction}`;
    expect(
      choose('claude-opus-5-5', { context_management: { edits: [{ type: 'clear_thinking_20251015' }] } }, header),
    ).toEqual([]);
    expect(choose('claude-sonnet-4-5-20250929', { tools: 'none', messages: 'none', thinking: null }, header)).toEqual(
      [],
    );
  });
});
