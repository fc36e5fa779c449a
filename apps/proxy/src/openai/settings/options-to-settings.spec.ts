import { ClaudeModels } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import { LeftOut } from '../left-out.js';
import { ModelCatalog } from '../models/model.catalog.js';
import type { ToolOption } from '../tools/read-tools.js';
import type { CallerOptions } from './caller-options.js';
import { settingsOf } from './options-to-settings.js';

const catalog = new ModelCatalog(new ClaudeModels(), {});
const settings = (model: string, options: Partial<CallerOptions> = {}) => {
  const leftOut = new LeftOut();
  const given = { model: catalog.modelOf(model), tools: [], lacksThinking: false, ...options };
  const { members } = settingsOf(given, leftOut);
  return { members, dropped: leftOut.places };
};
const tool = (members: Partial<ToolOption> & { name: string }): ToolOption => ({
  param: 'tools[0]',
  isStrict: false,
  ...members,
});
const TOOLS = [tool({ name: 'look' })];

describe('temperature and top_p', () => {
  it.each([
    ['claude-opus-5-5', { temperature: 0.2, topP: 0.5 }, {}, ['temperature', 'top_p']],
    ['claude-opus-5-5', { temperature: 1, topP: 1 }, {}, []],
    ['claude-sonnet-4-6', { temperature: 0.2, topP: 0.5 }, { temperature: 0.2, top_p: 0.5 }, []],
    ['claude-sonnet-4-6', { temperature: 1.4 }, {}, ['temperature']],
    ['claude-sonnet-4-6', { temperature: 0 }, { temperature: 0 }, []],
    ['claude-haiku-4-5', { temperature: 0.2, topP: 0.5 }, { temperature: 0.2 }, ['top_p']],
    ['claude-haiku-4-5', { topP: 0.5 }, { top_p: 0.5 }, []],
    ['claude-sonnet-4-6', { temperature: 0.2, effort: 'low' }, {}, ['temperature']],
    ['claude-sonnet-4-6', { temperature: 0.2, effort: 'none' }, { temperature: 0.2 }, []],
  ])('%s %j', (model, options, kept, dropped) => {
    const { members, dropped: named } = settings(model, options);
    const { temperature, top_p } = members;
    expect(JSON.parse(JSON.stringify({ temperature, top_p }))).toEqual(kept);
    expect(named).toEqual(dropped);
  });
});

describe('the choice of a tool', () => {
  it.each([
    ['claude-haiku-5-5', { toolChoice: { kind: 'required' } }, { type: 'any' }, []],
    ['claude-haiku-5-5', { toolChoice: { kind: 'named', name: 'look' } }, { type: 'tool', name: 'look' }, []],
    ['claude-opus-5-5', { toolChoice: { kind: 'required' } }, { type: 'auto' }, ['tool_choice']],
    [
      'claude-sonnet-5-5',
      { toolChoice: { kind: 'named', name: 'look' }, isParallel: false },
      { type: 'auto', disable_parallel_tool_use: true },
      ['tool_choice'],
    ],
    ['claude-opus-5-5', { toolChoice: { kind: 'none' } }, { type: 'none' }, []],
    ['claude-opus-5-5', { toolChoice: { kind: 'auto' } }, { type: 'auto' }, []],
    ['claude-opus-5-5', {}, undefined, []],
    ['claude-opus-5-5', { isParallel: true }, undefined, []],
    ['claude-opus-5-5', { isParallel: false }, { type: 'auto', disable_parallel_tool_use: true }, []],
  ] as const)('%s %j', (model, options, choice, dropped) => {
    const { members, dropped: named } = settings(model, { tools: TOOLS, ...options });
    expect(members.tool_choice).toEqual(choice);
    expect(named).toEqual(dropped);
  });

  it('is left out without tools', () => {
    const { members } = settings('claude-haiku-5-5', { toolChoice: { kind: 'required' }, isParallel: false });
    expect(members).not.toHaveProperty('tool_choice');
    expect(members).not.toHaveProperty('tools');
  });
});

describe('a tool', () => {
  it('has a schema in any case, and a strict one only where it is strict', () => {
    const parameters = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
    const { members } = settings('opus', {
      tools: [
        tool({ name: 'a' }),
        tool({ name: 'b', parameters }),
        tool({ name: 'c', parameters, isStrict: true }),
        tool({ name: 'd', parameters: {} }),
      ],
    });
    expect(members.tools).toEqual([
      { name: 'a', input_schema: { type: 'object', properties: {} } },
      { name: 'b', input_schema: parameters },
      {
        name: 'c',
        strict: true,
        input_schema: {
          type: 'object',
          additionalProperties: false,
          properties: { a: { type: 'integer', description: '{minimum: 1}' } },
        },
      },
      { name: 'd', input_schema: { type: 'object', properties: {} } },
    ]);
  });
});

describe('the effort of thinking', () => {
  it.each([
    ['claude-opus-5-5', 'minimal', { type: 'adaptive' }, 'low', []],
    ['claude-opus-5-5', 'xhigh', { type: 'adaptive' }, 'xhigh', []],
    ['claude-opus-5-5', 'none', undefined, 'low', ['reasoning_effort']],
    ['claude-sonnet-5-5', 'none', { type: 'between_tools' }, undefined, []],
    ['claude-haiku-5-5', 'none', { type: 'disabled' }, undefined, []],
    ['claude-sonnet-4-6', 'xhigh', { type: 'adaptive' }, 'high', []],
    ['claude-sonnet-4-6', 'max', { type: 'adaptive' }, 'max', []],
    ['claude-opus-4-5', 'max', { type: 'enabled', budget_tokens: 32_000 }, 'high', []],
    ['claude-haiku-4-5', 'low', { type: 'enabled', budget_tokens: 1_024 }, undefined, []],
    ['claude-haiku-4-5', 'none', { type: 'disabled' }, undefined, []],
    ['claude-opus-5-5', undefined, undefined, undefined, []],
  ])('%s %s', (model, effort, thinking, outputEffort, dropped) => {
    const { members, dropped: named } = settings(model, { effort });
    expect(members.thinking).toEqual(thinking);
    expect((members.output_config as { effort?: string } | undefined)?.effort).toBe(outputEffort);
    expect(named).toEqual(dropped);
  });

  it('gets no budget if the history lacks the thinking before its calls, or the answer has no room', () => {
    expect(settings('claude-haiku-4-5', { effort: 'low', lacksThinking: true })).toMatchObject({
      dropped: ['reasoning_effort'],
    });
    expect(settings('claude-haiku-4-5', { effort: 'high', maxTokens: 1_000 }).members).not.toHaveProperty('thinking');
    expect(settings('claude-haiku-4-5', { effort: 'high', maxTokens: 5_000 }).members.thinking).toEqual({
      type: 'enabled',
      budget_tokens: 4_999,
    });
  });

  it('gives way to a tool that is forced', () => {
    const forced = { effort: 'high', tools: TOOLS, toolChoice: { kind: 'required' } } as const;
    expect(settings('claude-haiku-5-5', forced).members).not.toHaveProperty('thinking');
    expect(settings('claude-haiku-4-5', forced).members).toMatchObject({ tool_choice: { type: 'any' } });
  });

  it('gives way to thinking in words of Anthropic', () => {
    const thinking = { type: 'adaptive', display: 'summarized' };
    expect(settings('opus', { thinking, effort: 'high' }).members.thinking).toEqual(thinking);
  });
});

describe('the rest', () => {
  it('hides who the user is, the same way each time', () => {
    const idOf = (user: string) => (settings('opus', { user }).members.metadata as { user_id: string }).user_id;
    expect(idOf('alice@example.com')).toMatch(/^[0-9a-f]{32}$/);
    expect(idOf('alice@example.com')).toBe(idOf('alice@example.com'));
    expect(idOf('bob@example.com')).not.toBe(idOf('alice@example.com'));
  });

  it('drops stops of blanks only', () => {
    expect(settings('opus', { stop: ['\n', 'END'] })).toMatchObject({
      members: { stop_sequences: ['END'] },
      dropped: ['stop'],
    });
    expect(settings('opus', { stop: [] }).members).not.toHaveProperty('stop_sequences');
  });

  it.each([
    ['auto', undefined, []],
    ['default', 'standard_only', []],
    ['flex', undefined, ['service_tier']],
  ])('service tier %s', (serviceTier, tier, dropped) => {
    const { members, dropped: named } = settings('opus', { serviceTier });
    expect([members.service_tier, named]).toEqual([tier, dropped]);
  });
});
