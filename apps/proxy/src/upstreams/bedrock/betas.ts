import type { JsonView } from '@claude-proxy/messages-api';

/**
 * The beta names that some Claude on Bedrock takes in the body's `anthropic_beta`. One that a model does not know fails
 * the whole request, so of these only what a model's row in `model-capabilities.ts` lists is sent.
 */
export const BETA = {
  interleavedThinking: 'interleaved-thinking-2025-05-14',
  toolSearch: 'tool-search-tool-2025-10-19',
  toolExamples: 'tool-examples-2025-10-29',
  thinkingTokenCount: 'thinking-token-count-2026-05-13',
  thinkingDisplayUpdates: 'thinking-display-updates-2026-08-18',
  thinkingBindingControls: 'thinking-binding-controls-2026-08-01',
  toolChanges: 'mid-conversation-tool-changes-2026-07-01',
  contextManagement: 'context-management-2025-06-27',
  compactEdit: 'compact-2026-01-12',
  compaction: 'compact-2026-09-04',
  effort: 'effort-2025-11-24',
  fineGrainedToolStreaming: 'fine-grained-tool-streaming-2025-05-14',
  context1m: 'context-1m-2025-08-07',
  computerUse2025January: 'computer-use-2025-01-24',
  computerUse2025November: 'computer-use-2025-11-24',
  dangerousToolUse: 'dangerous-tool-use-2026-09-03',
  afkMode: 'afk-mode-2026-01-31',
} as const;

export type Beta = (typeof BETA)[keyof typeof BETA];

/** No source says which models take them: every model is asked. */
export const SENT_TO_EVERY_MODEL: ReadonlySet<string> = new Set([BETA.dangerousToolUse, BETA.afkMode]);

/** Names that only Anthropic knows, and what Bedrock calls the same. */
const BEDROCK_NAMES: ReadonlyMap<string, string> = new Map([['advanced-tool-use-2025-11-20', BETA.toolSearch]]);

/** The betas that a caller asks for, by Bedrock's names. */
export function requestedBetas(header: string | undefined, body: JsonView): Set<string> {
  const inBody = ['anthropic_beta', 'betas'].flatMap((field) => textsIn(body.get(field)));
  const names = [...(header?.split(',') ?? []), ...inBody].map((beta) => beta.trim()).filter(Boolean);
  return new Set(names.map((name) => BEDROCK_NAMES.get(name) ?? name));
}

function textsIn(field: JsonView | undefined): string[] {
  const values = field?.isArray ? field.items() : [field];
  return values.map((value) => value?.asText()).filter((text) => text !== undefined);
}
