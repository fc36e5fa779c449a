import { walkedMegabytes } from '@claude-proxy/messages-api/testing';
import { describe, expect, it } from '@jest/globals';
import { refusalOf } from './refusal-wordings.js';

const AWS = 'The model returned the following errors: ';

describe('refusalOf', () => {
  it.each([
    'Input is too long for requested model.',
    `${AWS}Input is too long for requested model.`,
    `${AWS}prompt is too long: 210148 tokens > 200000 maximum`,
    `${AWS}input length and \`max_tokens\` exceed context limit: 190000 + 32000 > 200000, decrease input length or \`max_tokens\` and try again`,
    'Too many input tokens. Max input tokens: 200000, request input token count: 210148',
    "This model's maximum context length is 200000 tokens.",
    'The number of input tokens exceeds the limit of this model',
    'Malformed input request: expected maxLength: 2048, actual: 98282, please reformat your input and try again.',
  ])('recognizes a prompt that is too long: %s', (message) => {
    expect(refusalOf(message)).toEqual({ meaning: 'too_long' });
  });

  it.each([
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    `${AWS}messages.1.content.0: Invalid \`signature\` in \`redacted_thinking\` block. The block is bound to a different conversation.`,
    'messages.5.content.0.thinking.signature: Field required',
    'messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified',
    `${AWS}messages.1.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`tool_use\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block`,
  ])('recognizes refused or missing thinking: %s', (message) => {
    expect(refusalOf(message)).toEqual({ meaning: 'thinking' });
  });

  it.each([
    "messages.1.role: role 'system' is not supported on this model",
    'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    `${AWS}messages.1.role: Input should be 'user' or 'assistant'`,
    'System messages are not supported in messages.',
  ])('recognizes a refused system role: %s', (message) => {
    expect(refusalOf(message)).toEqual({ meaning: 'system_role' });
  });

  it.each([
    'invalid beta flag',
    `${AWS}invalid beta flag: a-1`,
    'Unexpected value(s) `a-1` for the `anthropic-beta` header. Please consult our documentation',
    'anthropic_beta: a-1 is not supported for this model',
    'Unknown beta a-1',
  ])('recognizes a refused beta: %s', (message) => {
    expect(refusalOf(message)).toEqual({ meaning: 'beta' });
  });

  it.each<[string, string[]]>([
    ['context_management: Extra inputs are not permitted', ['context_management']],
    [`${AWS}tools.0.custom.strict: Extra inputs are not permitted`, ['tools.0.custom.strict']],
    [
      'messages.3.content.0.tool_use.caller: Extra inputs are not permitted, thinking.display: Extra inputs are not permitted',
      ['messages.3.content.0.tool_use.caller', 'thinking.display'],
    ],
    [
      'Malformed input request: #: extraneous key [output_config] is not permitted, please reformat your input and try again.',
      ['output_config'],
    ],
    [
      `${AWS}Malformed input request: #/output_config: extraneous key [effort] is not permitted`,
      ['output_config.effort'],
    ],
    ['metadata: Unexpected field', ['metadata']],
  ])('finds the fields in: %s', (message, paths) => {
    expect(refusalOf(message)).toEqual({ meaning: 'fields', paths });
  });

  it.each<[string, string]>([
    [`${AWS}This model does not support the effort parameter.`, 'effort'],
    ['`safeguards` is not supported on this model', 'safeguards'],
    ['Unknown parameter: "diagnostics"', 'diagnostics'],
    ['This model does not support structured outputs.', 'output_config.format'],
    ["Additional properties are not allowed ('speed' was unexpected)", 'speed'],
  ])('finds the feature in: %s', (message, name) => {
    const refusal = refusalOf(message);
    expect(refusal.meaning).toBe('feature');
    expect(refusal.meaning === 'feature' && refusal.names).toContain(name);
  });

  it.each([
    'max_tokens: Input should be greater than 0',
    'messages.0.content: the text "Input is too long for requested model." is not allowed',
    "tools.0.name: 'metadata: Extra inputs are not permitted' should match pattern",
    'stop_sequences.0: `invalid beta flag, please` has no letters',
    'messages.0: got "he said \\"prompt is too long\\" to me"',
    '',
  ])('ignores quoted text of a caller: %s', (message) => {
    expect(refusalOf(message)).toEqual({ meaning: 'other' });
  });

  it('reads the maximum length of a tool name', () => {
    expect(refusalOf('tools.0.custom.name: String should have at most 64 characters')).toEqual({
      meaning: 'tool_name',
      maxLength: 64,
    });
  });

  it.each([
    ['a word', 'x'.repeat(1_000_000)],
    ['a field', `${'x.'.repeat(500_000)}: Extra inputs are not permitted`],
    ['numbers', '[0].'.repeat(250_000)],
    ['quotation marks', `"${"'".repeat(1_000_000)}`],
    ['backslashes', `"${'\\'.repeat(1_000_000)}`],
  ])('reads a message that quotes %s of a million characters in bounded time', (_what, message) => {
    const cost = walkedMegabytes(() => expect(refusalOf(message)).toEqual({ meaning: 'other' }));
    expect(cost).toBeLessThan(500);
  });
});
