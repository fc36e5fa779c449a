import { BETA, type BedrockBeta, ClaudeModels } from '@claude-proxy/claude-models';
import { JsonView } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import { anthropicToBedrock } from './anthropic-to-bedrock.js';
import { NO_QUIRKS } from './bedrock-quirks.js';
import { capabilitiesOf } from './model-capabilities.js';

const models = new ClaudeModels();

const SCHEMA = { type: 'object', properties: { cache_control: { type: 'object' }, strict: { type: 'boolean' } } };
const REGEX = { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' };
const BM25 = { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' };
const DEFERRED = { name: 'b', input_schema: SCHEMA, defer_loading: true };

function sent(tools: unknown, betas: string[] = [BETA.toolSearch, BETA.toolExamples], model = 'claude-opus-5-5') {
  const request = {
    body: JsonView.of(Buffer.from(JSON.stringify({ messages: [], tools }))),
    betaHeader: betas.join(),
    capabilities: { ...capabilitiesOf(models.named(model)), betas: betas as readonly BedrockBeta[] },
    quirks: NO_QUIRKS,
  };
  const { body, dropped, restoreNames } = anthropicToBedrock(request);
  return { json: JSON.parse(body.toString()) as Record<string, unknown>, dropped, restoreNames };
}

const translate = (...args: Parameters<typeof sent>) => sent(...args).json.tools;

describe('tools', () => {
  it('lose members that InvokeModel never accepts, but not members of a schema with the same name', () => {
    const refused = { eager_input_streaming: true, allowed_callers: ['direct'] };
    const { json, dropped } = sent([{ name: 'a', input_schema: SCHEMA, strict: true, ...refused }]);
    expect(json.tools).toEqual([{ name: 'a', input_schema: SCHEMA, strict: true }]);
    expect(dropped).toEqual(['tools.eager_input_streaming']);
  });

  it('are not changed without need', () => {
    const tools = [{ name: 'a', input_schema: SCHEMA }, { type: 'bash_20250124', name: 'bash' }, DEFERRED];
    expect(translate(tools)).toEqual(tools);
  });

  it('keeps deferred loading and examples with their betas only', () => {
    const tool = { ...DEFERRED, input_examples: [{}] };
    expect(translate([tool])).toEqual([tool]);
    expect(translate([tool], [])).toEqual([{ name: 'b', input_schema: SCHEMA }]);
  });

  it('uses Bedrock’s name of the search', () => {
    expect(translate([REGEX, DEFERRED])).toEqual([{ ...REGEX, type: 'tool_search_tool_regex' }, DEFERRED]);
    expect(translate([{ ...REGEX, type: 'tool_search_tool_regex' }])).toEqual([
      { ...REGEX, type: 'tool_search_tool_regex' },
    ]);
  });

  it('loads deferred tools at once if no search tool remains', () => {
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
