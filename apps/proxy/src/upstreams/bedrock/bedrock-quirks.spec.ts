import { describe, expect, it } from '@jest/globals';
import { lessonsOf, NO_QUIRKS, QuirkMemory } from './bedrock-quirks.js';

const beta = (name: string) => ({ kind: 'beta', beta: name }) as const;
const path = (name: string) => ({ kind: 'path', path: name }) as const;

describe('lessonsOf', () => {
  it.each<[string, unknown[]]>([
    ['invalid beta flag', [beta('a-1'), beta('b-2')]],
    ['invalid beta flag: b-2', [beta('b-2')]],
    ['Unexpected value(s) `b-2` for the `anthropic-beta` header. Please consult our documentation', [beta('b-2')]],
    ['Unexpected value(s) `c-3` for the `anthropic-beta` header', [beta('a-1'), beta('b-2')]],
    ['context_management: Extra inputs are not permitted', [path('context_management')]],
    ['tools.0.custom.defer_loading: Extra inputs are not permitted', [path('tools.*.custom.defer_loading')]],
    ['tools[12].strict: Extra inputs are not permitted', [path('tools.*.strict')]],
    [
      'messages.3.content.0.tool_use.caller: Extra inputs are not permitted, thinking.display: Extra inputs are not permitted',
      [path('messages.*.content.*.tool_use.caller'), path('thinking.display')],
    ],
    ["messages.1.role: role 'system' is not supported on this model", [{ kind: 'system_role' }]],
    ['max_tokens: Input should be greater than 0', []],
    ['Input is too long for requested model.', []],
    ['', []],
  ])('of "%s"', (message, lessons) => {
    expect(lessonsOf(message, ['a-1', 'b-2'])).toEqual(lessons);
  });

  it.each([
    'messages',
    'system',
    'tools',
    'max_tokens',
    'anthropic_version',
    'tools.0',
    'tools.0.custom.input_schema',
    'messages.0.content.1.text.text',
    'messages.0.content.1',
    'output_config.format',
  ])('never gives up %s, without which the request means something else', (field) => {
    expect(lessonsOf(`${field}: Extra inputs are not permitted`, [])).toEqual([]);
  });

  it.each([
    ['a word', 'x'.repeat(1_000_000)],
    ['a field', `${'x.'.repeat(500_000)}: Extra inputs are not permitted`],
    ['numbers', '[0].'.repeat(250_000)],
  ])('reads a message that quotes %s of a million characters in 250 ms', (_what, message) => {
    const startedMs = performance.now();
    expect(lessonsOf(message, ['a-1'])).toEqual([]);
    expect(performance.now() - startedMs).toBeLessThan(250);
  });

  it('learns nothing about betas when none was sent', () => {
    expect(lessonsOf('invalid beta flag', [])).toEqual([]);
  });
});

describe('QuirkMemory', () => {
  it('remembers per model', () => {
    const memory = new QuirkMemory();
    expect(memory.quirksOf('a')).toBe(NO_QUIRKS);
    memory.learn('a', [beta('x'), path('y'), { kind: 'system_role' }]);
    memory.learn('a', [path('y')]);
    expect(memory.quirksOf('a')).toEqual({
      ...NO_QUIRKS,
      betas: new Set(['x']),
      paths: ['y'],
      refusesSystemRole: true,
    });
    expect(memory.quirksOf('b')).toBe(NO_QUIRKS);
  });

  it('forgets after an hour', () => {
    let nowMs = 0;
    const memory = new QuirkMemory(() => nowMs);
    memory.learn('a', [beta('x')]);
    nowMs = 3_599_999;
    expect(memory.quirksOf('a').betas.size).toBe(1);
    nowMs = 3_600_000;
    expect(memory.quirksOf('a')).toBe(NO_QUIRKS);
  });

  it('stays small', () => {
    const memory = new QuirkMemory();
    for (let index = 0; index < 1_000; index += 1) memory.learn(`model-${index}`, [beta('x')]);
    expect(memory.quirksOf('model-0')).toBe(NO_QUIRKS);
    expect(memory.quirksOf('model-999').betas.size).toBe(1);
    for (let index = 0; index < 1_000; index += 1) memory.learn('one', [path(`field-${index}`)]);
    expect(memory.quirksOf('one').paths).toHaveLength(40);
    expect(memory.quirksOf('one').paths.at(-1)).toBe('field-999');
  });
});
