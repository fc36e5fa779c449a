import { BETA } from '@claude-proxy/claude-models';
import type { Policy } from './field-policies.js';

export interface BetaPolicy {
  readonly beta: string;
  readonly policy: Exclude<Policy, 'forbids'>;
  readonly note: string;
}

const rows = (policy: BetaPolicy['policy'], betas: readonly string[], note: string): BetaPolicy[] =>
  betas.map((beta) => ({ beta, policy, note }));

/**
 * The betas of the `anthropic-beta` header. A beta that is not in this table is passed; if Bedrock refuses it, it is
 * dropped for a day by requests of the same shape. Sources, as of November 2026: AWS's table of betas, the body of
 * Claude Code 2.1.332 in its own Bedrock mode, and probes by other projects.
 */
export const BETA_POLICIES: readonly BetaPolicy[] = [
  ...rows(
    'passed',
    [
      BETA.interleavedThinking,
      BETA.toolSearch,
      BETA.thinkingTokenCount,
      BETA.thinkingDisplayUpdates,
      BETA.fineGrainedToolStreaming,
      BETA.context1m,
    ],
    'to the models that accept it',
  ),
  ...rows('passed', [BETA.dangerousToolUse, BETA.afkMode], 'to every model until it is refused'),
  ...rows(
    'translated',
    [
      BETA.toolExamples,
      BETA.contextManagement,
      BETA.compactEdit,
      BETA.compaction,
      BETA.effort,
      BETA.thinkingBindingControls,
      BETA.toolChanges,
      BETA.computerUse2025January,
      BETA.computerUse2025November,
    ],
    'sent if a field of the body needs it',
  ),
  ...rows('translated', ['advanced-tool-use-2025-11-20'], `becomes \`${BETA.toolSearch}\``),
  ...rows(
    'translated',
    [
      ...['structured-outputs-2025-11-13', 'structured-outputs-2025-12-15', 'extended-cache-ttl-2025-04-11'],
      ...['prompt-caching-2024-07-31', 'pdfs-2024-09-25', 'adaptive-thinking-2026-01-28', 'oauth-2025-04-20'],
      ...['message-threads-2026-08-12', 'max-tokens-3-5-sonnet-2024-07-15', 'claude-code-20250219'],
    ],
    'not needed: the feature is there without it, or it is about the credential or the client',
  ),
  ...rows(
    'left_out',
    [
      ...['prompt-caching-scope-2026-01-05', 'fast-mode-2026-02-01', 'redact-thinking-2026-02-12'],
      ...['token-efficient-tools-2026-03-28'],
    ],
    'refused by Bedrock on every model',
  ),
  ...rows(
    'left_out',
    [
      ...['per-turn-control-2026-07-01', 'mid-conversation-output-config-2026-07-01'],
      ...['mid-conversation-system-clear-at-2026-08-21', 'task-budgets-2026-03-13', 'resumption-2026-10-08'],
      ...['thinking-resumption-2026-07-17', 'request-tags-2026-08-21', 'tool-provenance-2026-10-26'],
      ...['timing-2026-09-09', 'prompt-caching-evict-2026-05-12', 'cache-keepalive-2026-09-03'],
      ...['program-use-case-ids-2026-09-17', 'web-search-results-only-2026-11-15', 'inline-tools-2026-09-15'],
      ...['claude-code-side-query-2026-09-29', 'auto-mode-classifier-2026-07-16', 'cache-diagnosis-2026-04-07'],
      ...['server-side-fallback-2026-06-01', 'server-side-fallback-2026-07-01', 'fallback-credit-2026-06-01'],
      ...['fallback-credit-2026-07-01', 'user-profiles-2026-03-24', 'user-profiles-2026-08-18'],
      ...['user-profiles-2026-09-04', 'user-profiles-billing-2026-10-01', 'advisor-tool-2026-03-01'],
      ...['code-execution-2025-05-22', 'code-execution-2025-08-25', 'files-api-2025-04-14', 'skills-2025-10-02'],
      ...['mcp-client-2025-04-04', 'mcp-client-2025-11-20', 'mcp-client-2026-09-15', 'web-fetch-2025-09-10'],
      ...['web-search-2025-03-05', 'message-batches-2024-09-24', 'token-counting-2024-11-01'],
    ],
    'belongs to a feature that Bedrock does not have',
  ),
];

const ROW_BY_BETA = new Map(BETA_POLICIES.map((row) => [row.beta, row]));

export function policyOfBeta(beta: string): BetaPolicy | undefined {
  return ROW_BY_BETA.get(beta);
}
