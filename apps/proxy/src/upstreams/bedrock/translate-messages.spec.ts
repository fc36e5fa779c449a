import { BETA, type BedrockBeta, ClaudeModels } from '@claude-proxy/claude-models';
import { JsonView } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import { anthropicToBedrock } from './anthropic-to-bedrock.js';
import { NO_QUIRKS } from './bedrock-quirks.js';
import { capabilitiesOf } from './model-capabilities.js';

const models = new ClaudeModels();

type Body = Record<string, unknown>;
const USER = { role: 'user', content: 'hi' };
const ASSISTANT = { role: 'assistant', content: 'ho' };
const text = (words: string, more: Body = {}) => ({ type: 'text', text: words, ...more });
const reminder = (words: string) => text(`<system-reminder>\n${words}\n</system-reminder>`);

function sent(body: Body, model: string, betas: readonly string[]) {
  const request = {
    body: JsonView.of(Buffer.from(JSON.stringify(body))),
    betaHeader: betas.join(),
    capabilities: { ...capabilitiesOf(models.named(model)), betas: betas as readonly BedrockBeta[] },
    quirks: NO_QUIRKS,
  };
  const { body: bytes, dropped } = anthropicToBedrock(request);
  return { json: JSON.parse(bytes.toString()) as Body, dropped };
}

const translate = (messages: unknown, model = 'claude-opus-5-5', betas: string[] = [BETA.toolSearch]) =>
  sent({ messages }, model, betas).json.messages;

describe('messages', () => {
  it('are not changed without need', () => {
    const thinking = { type: 'thinking', thinking: '', signature: 's' };
    const messages = [
      USER,
      { role: 'assistant', content: [thinking, text('a', { cache_control: { type: 'ephemeral' } })] },
    ];
    expect(translate(messages)).toEqual(messages);
  });

  it('keeps a prefill and empty turns', () => {
    const messages = [USER, { role: 'assistant', content: '{' }, { role: 'user', content: [] }, { role: 'user' }];
    expect(translate(messages, 'claude-sonnet-4-5-20250929')).toEqual(messages);
  });

  it('cleans cache breakpoints at every position', () => {
    const dirty = { cache_control: { type: 'ephemeral', scope: 'global', ttl: '1h' } };
    const clean = { cache_control: { type: 'ephemeral', ttl: '1h' } };
    const blocks = (cache: Body) => [
      text('a', cache),
      { type: 'tool_result', tool_use_id: 't', content: [text('b', cache)], ...cache },
      { type: 'document', source: { type: 'content', content: [text('c', cache)] }, ...cache },
      { type: 'tool_use', id: 't', name: 'n', input: { cache_control: { scope: 'kept' } }, ...cache },
      { type: 'tool_reference', tool_name: 'n', ...cache },
    ];
    expect(translate([{ role: 'user', content: blocks(dirty) }])).toEqual([{ role: 'user', content: blocks(clean) }]);
  });

  it('removes fields of betas that Bedrock does not have', () => {
    const message = { role: 'system', content: 'now', output_config: { effort: 'low' }, clear_at: {} };
    const directive = { role: 'system', content: [], output_config: { effort: 'low' } };
    expect(translate([directive, USER, message])).toEqual([USER, { role: 'system', content: 'now' }]);
    const fallback = { type: 'fallback', from: {}, to: {} };
    const toolUse = { type: 'tool_use', id: 'a', name: 'b', input: {} };
    const content = [fallback, { ...toolUse, caller: { type: 'direct' } }];
    expect(translate([{ role: 'assistant', content }])).toEqual([{ role: 'assistant', content: [toolUse] }]);
    expect(translate([{ role: 'assistant', content: [fallback] }, USER])).toEqual([USER]);
  });

  it('keeps tool references and tool changes with their betas only', () => {
    const reference = { type: 'tool_reference', tool_name: 'n' };
    const found = [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [reference] }] }];
    expect(translate(found)).toEqual(found);
    expect(translate(found, 'claude-opus-4-7', [])).toEqual([
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [text('Tool found: n')] }] },
    ]);
    const changes = [USER, { role: 'system', content: [{ type: 'tool_removal', tool: {} }] }];
    expect(translate(changes, undefined, [BETA.toolChanges])).toEqual(changes);
    expect(translate(changes)).toEqual([USER]);
  });
});

describe('a system message', () => {
  const system = (content: unknown) => ({ role: 'system', content });

  it.each(['claude-opus-5-5', 'claude-opus-5', 'claude-opus-4-8', 'claude-fable-5'])('stays on %s', (model) => {
    const messages = [USER, system('now'), ASSISTANT];
    expect(translate(messages, model)).toEqual(messages);
  });

  it.each(['claude-sonnet-5', 'claude-opus-4-7', 'claude-sonnet-4-6', 'claude-sonnet-4-5-20250929'])(
    'becomes a reminder at the end of the user turn before it on %s',
    (model) => {
      expect(translate([USER, system('now'), ASSISTANT], model)).toEqual([
        { role: 'user', content: [text('hi'), reminder('now')] },
        ASSISTANT,
      ]);
    },
  );

  it.each<[string, unknown[], unknown[]]>([
    [
      'several in a row, with blocks',
      [{ role: 'user', content: [text('a')] }, system([text('b'), text('c')]), system('d')],
      [{ role: 'user', content: [text('a'), reminder('b'), reminder('c'), reminder('d')] }],
    ],
    [
      'after a tool result',
      [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't' }] }, system('a')],
      [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't' }, reminder('a')] }],
    ],
    [
      'after an assistant turn',
      [USER, ASSISTANT, system('a')],
      [USER, ASSISTANT, { role: 'user', content: [reminder('a')] }],
    ],
    ['at the very start', [system('a'), USER], [{ role: 'user', content: [reminder('a')] }, USER]],
  ])('keeps its place: %s', (_name, messages, expected) => {
    expect(translate(messages, 'claude-sonnet-4-5-20250929')).toEqual(expected);
  });

  it('keeps its cache breakpoint after folding', () => {
    const cached = { cache_control: { type: 'ephemeral' } };
    const folded = translate([USER, system([text('a', cached)])], 'claude-sonnet-4-6');
    expect(folded).toEqual([{ role: 'user', content: [text('hi'), { ...reminder('a'), ...cached }] }]);
  });
});

describe('the system prompt', () => {
  const translateOnOpus = (system: unknown) => sent({ system, messages: [] }, 'claude-opus-5-5', []).json.system;

  it('loses the attribution block, which Anthropic itself also hides from the model', () => {
    const attribution = text('x-anthropic-billing-header: cc_version=2.1.329.b0c; cc_entrypoint=sdk-cli;');
    expect(translateOnOpus([attribution, text('a')])).toEqual([text('a')]);
    expect(translateOnOpus([attribution])).toBeUndefined();
  });

  it('keeps all other blocks', () => {
    const blocks = [text('a'), text('b', { cache_control: { type: 'ephemeral', ttl: '1h' } })];
    expect(translateOnOpus(blocks)).toEqual(blocks);
    expect(translateOnOpus('text')).toBe('text');
    expect(translateOnOpus(undefined)).toBeUndefined();
  });
});
