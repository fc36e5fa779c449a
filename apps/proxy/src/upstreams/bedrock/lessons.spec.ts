import { JsonView } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import { hasAt, type Lesson, lessonsOf, suspectsIn } from './lessons.js';
import { refusalOf } from './refusal-wordings.js';

const viewOf = (value: unknown) => JsonView.of(Buffer.from(JSON.stringify(value)));
const lessonsFrom = (message: string, body: unknown, betas: readonly string[] = []): Lesson[] =>
  lessonsOf(refusalOf(message), message, { body: viewOf(body), betas });
const path = (name: string) => ({ kind: 'path', path: name }) as const;
const forbidden = (name: string) => ({ kind: 'forbidden', path: name }) as const;

const tools = [{ name: 'f', strict: true, defer_loading: true }];
const format = { type: 'json_schema', schema: {} };

describe('lessonsOf', () => {
  it.each<[string, unknown, Lesson[]]>([
    ['context_management: Extra inputs are not permitted', { context_management: {} }, [path('context_management')]],
    ['tools.0.custom.strict: Extra inputs are not permitted', { tools }, [path('tools.*.custom.strict')]],
    ['tools[0].strict: Extra inputs are not permitted', { tools }, [path('tools.*.strict')]],
    [
      'messages.0.content.0.tool_use.caller: Extra inputs are not permitted',
      { messages: [{ content: [{ type: 'tool_use', caller: {} }] }] },
      [path('messages.*.content.*.tool_use.caller')],
    ],
    [
      'Malformed input request: #/output_config: extraneous key [effort] is not permitted',
      { output_config: { effort: 'high' } },
      [path('output_config.effort')],
    ],
    [
      'This model does not support the effort parameter.',
      { output_config: { effort: 'high' } },
      [path('output_config.effort')],
    ],
    ['This model does not support the strict parameter.', { tools }, [path('tools.*.strict')]],
    ['messages: Unexpected role "system".', {}, [{ kind: 'system_role' }]],
  ])('of "%s" name the sent part', (message, body, lessons) => {
    expect(lessonsFrom(message, body)).toEqual(lessons);
  });

  it('name parts of a field that is refused as a whole, and never the schema', () => {
    const refusal = 'output_config: Extra inputs are not permitted';
    expect(lessonsFrom(refusal, { output_config: { effort: 'low', format } })).toEqual([path('output_config.effort')]);
    expect(lessonsFrom(refusal, { output_config: { format } })).toEqual([forbidden('output_config.format')]);
  });

  it.each<[string, unknown, string]>([
    ['output_config.format: Extra inputs are not permitted', { output_config: { format } }, 'output_config.format'],
    ['This model does not support structured outputs.', { output_config: { format } }, 'output_config.format'],
    ['thinking: Extra inputs are not permitted', { thinking: {} }, 'thinking'],
    ['tools: Extra inputs are not permitted', { tools }, 'tools'],
    ['temperature: Extra inputs are not permitted', { temperature: 0 }, 'temperature'],
  ])('of "%s" forbid essential fields', (message, body, name) => {
    expect(lessonsFrom(message, body)).toEqual([forbidden(name)]);
  });

  it.each([
    'context_management: Extra inputs are not permitted',
    'tools.7.custom.strict: Extra inputs are not permitted',
    'This model does not support the effort parameter.',
    'max_tokens: Input should be greater than 0',
    'Input is too long for requested model.',
  ])('of "%s" are empty if no such field was sent', (message) => {
    expect(lessonsFrom(message, { tools, max_tokens: 0 })).toEqual([]);
  });

  it('contain the betas of the refusal, and none if it names none', () => {
    expect(lessonsFrom('invalid beta flag: b-2', {}, ['a-1', 'b-2'])).toEqual([{ kind: 'beta', beta: 'b-2' }]);
    expect(lessonsFrom('invalid beta flag', {}, ['a-1', 'b-2'])).toEqual([]);
  });
});

describe('suspectsIn', () => {
  it('begins with unknown betas, then those without a source for the model', () => {
    const betas = ['interleaved-thinking-2025-05-14', 'dangerous-tool-use-2026-09-03', 'tomorrow-2027-01-01'];
    expect(suspectsIn(betas)).toEqual([...betas].reverse());
  });
});

describe('hasAt', () => {
  it('finds an entry by its index, any entry by a star, and the type of an entry as a segment', () => {
    const body = viewOf({ tools: [{ name: 'f' }, { type: 'custom', strict: true }] });
    expect(hasAt(body, 'tools.1.strict')).toBe(true);
    expect(hasAt(body, 'tools.0.strict')).toBe(false);
    expect(hasAt(body, 'tools.*.custom.strict')).toBe(true);
    expect(hasAt(body, 'tools.*.bash.strict')).toBe(false);
  });
});
