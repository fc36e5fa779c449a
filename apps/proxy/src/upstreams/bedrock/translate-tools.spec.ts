import { describe, expect, it } from '@jest/globals';
import { BETA } from './betas.js';
import { capabilitiesOf } from './model-capabilities.js';
import { translateTools } from './translate-tools.js';

const SCHEMA = { type: 'object', properties: { cache_control: { type: 'object' }, strict: { type: 'boolean' } } };
const REGEX = { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' };
const BM25 = { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' };
const DEFERRED = { name: 'b', input_schema: SCHEMA, defer_loading: true };

const translate = (tools: unknown, betas: string[] = [BETA.toolSearch, BETA.toolExamples], model = 'claude-opus-5-5') =>
  translateTools(tools, capabilitiesOf(model), new Set(betas));

describe('translateTools', () => {
  it('removes what InvokeModel never takes, from the tool but not from its schema', () => {
    const refused = { strict: true, eager_input_streaming: true, allowed_callers: ['direct'] };
    expect(translate([{ name: 'a', input_schema: SCHEMA, ...refused }])).toEqual([{ name: 'a', input_schema: SCHEMA }]);
  });

  it('hands over the very same list where nothing changes', () => {
    const tools = [{ name: 'a', input_schema: SCHEMA }, { type: 'bash_20250124', name: 'bash' }, DEFERRED];
    expect(translate(tools)).toBe(tools);
  });

  it('keeps deferred loading and examples with their betas only', () => {
    const tool = { ...DEFERRED, input_examples: [{}] };
    expect(translate([tool])).toEqual([tool]);
    expect(translate([tool], [])).toEqual([{ name: 'b', input_schema: SCHEMA }]);
  });

  it('names the search as Bedrock does', () => {
    expect(translate([REGEX, DEFERRED])).toEqual([{ ...REGEX, type: 'tool_search_tool_regex' }, DEFERRED]);
    expect(translate([{ ...REGEX, type: 'tool_search_tool_regex' }])).toEqual([
      { ...REGEX, type: 'tool_search_tool_regex' },
    ]);
  });

  it('loads deferred tools at once where nothing is left to find them with', () => {
    const loaded = { name: 'b', input_schema: SCHEMA };
    expect(translate([BM25, DEFERRED])).toEqual([loaded]);
    expect(translate([REGEX, DEFERRED], [])).toEqual([loaded]);
    expect(translate([BM25, REGEX, DEFERRED])).toEqual([{ ...REGEX, type: 'tool_search_tool_regex' }, DEFERRED]);
  });

  it('cleans cache breakpoints', () => {
    const tool = { name: 'a', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } };
    expect(translate([tool])).toEqual([{ name: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }]);
    expect(translate([tool], [], 'claude-sonnet-4-20250514')).toEqual([
      { name: 'a', cache_control: { type: 'ephemeral' } },
    ]);
  });
});
