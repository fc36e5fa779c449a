/** The beta names that some Claude model on AWS Bedrock accepts in the body's `anthropic_beta`. */
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

export type BedrockBeta = (typeof BETA)[keyof typeof BETA];
