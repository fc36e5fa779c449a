import { ClaudeModels } from '@claude-proxy/claude-models';
import { JsonEdits, JsonView } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import { capabilitiesOf } from './model-capabilities.js';
import { removePath } from './remove-path.js';
import { ToolNames } from './tool-names.js';

const models = new ClaudeModels();

const BODY = Object.freeze({
  thinking: { type: 'adaptive', display: 'omitted' },
  context_management: {},
  tools: [
    { name: 'a', defer_loading: true },
    { type: 'custom', name: 'b', defer_loading: true },
    { type: 'bash_20250124', name: 'bash', defer_loading: true },
  ],
  messages: [
    { role: 'user', content: 'text' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'a', citations: [] },
        { type: 'thinking', thinking: 'text', citations: [] },
        { type: 'tool_result', content: [{ type: 'image', source: { type: 'base64', extra: 1 } }] },
      ],
    },
  ],
});

function withoutPath(body: unknown, path: string): unknown {
  const root = JsonView.of(Buffer.from(JSON.stringify(body)));
  const edits = new JsonEdits();
  const capabilities = capabilitiesOf(models.named('claude-opus-5-5'));
  const draft = {
    root,
    edits,
    capabilities,
    betas: new Set<string>(),
    names: new ToolNames(root, 64),
    leftOut: new Set<string>(),
  };
  removePath(draft, path);
  const json = JSON.parse(edits.rendered(root).toString());
  expect(draft.leftOut.size > 0).toBe(JSON.stringify(json) !== JSON.stringify(body));
  return json;
}

describe('removePath', () => {
  it.each<[string, unknown]>([
    ['context_management', { ...BODY, context_management: undefined }],
    ['thinking.display', { ...BODY, thinking: { type: 'adaptive' } }],
    ['thinking.adaptive.display', { ...BODY, thinking: { type: 'adaptive' } }],
    ['tools.*.custom.defer_loading', { ...BODY, tools: [{ name: 'a' }, { type: 'custom', name: 'b' }, BODY.tools[2]] }],
    [
      'tools.*.bash_20250124.defer_loading',
      { ...BODY, tools: [BODY.tools[0], BODY.tools[1], { type: 'bash_20250124', name: 'bash' }] },
    ],
  ])('removes %s', (path, expected) => {
    expect(withoutPath(BODY, path)).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it('removes a member of one type of block only', () => {
    const { messages } = withoutPath(BODY, 'messages.*.content.*.text.citations') as typeof BODY;
    expect(messages[1]?.content[0]).toEqual({ type: 'text', text: 'a' });
    expect(messages[1]?.content[1]).toHaveProperty('citations');
  });

  it("handles a member with the name of its parent's type", () => {
    const { messages } = withoutPath(
      BODY,
      'messages.*.content.*.tool_result.content.*.image.source.base64.extra',
    ) as typeof BODY;
    expect(messages[1]?.content[2]).toEqual({
      type: 'tool_result',
      content: [{ type: 'image', source: { type: 'base64' } }],
    });
  });

  it.each([
    '',
    'nothing',
    'thinking.nothing',
    'tools.custom',
    'messages.*.content.*.video.x',
    'thinking.type.x',
    '*',
    '__proto__.x',
  ])('changes nothing for "%s"', (path) => {
    expect(withoutPath(BODY, path)).toEqual(BODY);
  });
});
