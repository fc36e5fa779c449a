import { BETA, type BedrockBeta } from '@claude-proxy/claude-models';
import type { JsonView } from '@claude-proxy/messages-api';
import { policyOfBeta } from './beta-policies.js';
import { SENT_TO_EVERY_MODEL } from './betas.js';
import { blocksOf, objectsIn } from './message-blocks.js';
import type { Capabilities } from './model-capabilities.js';

type Need = (body: JsonView, capabilities: Capabilities, blockTypes: ReadonlySet<string>) => boolean;

/**
 * Betas that belong to a field of the body. They are sent exactly with that field, independent of the caller's header,
 * because features without a header at Anthropic still need their beta here.
 */
const NEEDED_BY_BODY: ReadonlyMap<string, Need> = new Map<BedrockBeta, Need>([
  [BETA.toolSearch, (body) => hasTool(body, (tool) => isDeferred(tool) || isTool(tool, 'tool_search_tool_'))],
  [BETA.toolExamples, (body) => hasTool(body, (tool) => tool.has('input_examples'))],
  [BETA.contextManagement, (body, model) => hasEdit(body, model, 'clear_') || hasTool(body, isMemoryTool)],
  [BETA.compactEdit, (body, model, blocks) => hasEdit(body, model, 'compact_') || blocks.has('compaction')],
  [BETA.compaction, (body, _, blocks) => isObject(body.get('compaction')) || blocks.has('compaction')],
  [BETA.effort, (body) => body.get('output_config')?.has('effort') ?? false],
  [BETA.thinkingBindingControls, (body) => body.get('thinking')?.has('block_binding') ?? false],
  [BETA.thinkingDisplayUpdates, (body) => body.get('thinking')?.text('display') === 'updates'],
  [BETA.toolChanges, (_, __, blocks) => blocks.has('tool_addition') || blocks.has('tool_removal')],
  [BETA.computerUse2025January, (body) => hasTool(body, (tool) => isTool(tool, 'computer_20250124'))],
  [BETA.computerUse2025November, (body) => hasTool(body, (tool) => isTool(tool, 'computer_20251124'))],
  [BETA.dangerousToolUse, (body) => objectsIn(body.get('safeguards')).length > 0],
]);

export interface ChosenBetas {
  /** For `anthropic_beta`: those of the model's row in its order, then unknown ones in the order of the request. */
  readonly sent: readonly string[];
  /** Requested betas that are not sent, if that loses a feature. */
  readonly leftOut: readonly string[];
}

/** The same request always gives the same lists. */
export function chooseBetas(
  body: JsonView,
  requested: ReadonlySet<string>,
  capabilities: Capabilities,
  refused: ReadonlySet<string>,
): ChosenBetas {
  const blockTypes = typesOfBlocks(body);
  const known = [...new Set([...capabilities.betas, ...SENT_TO_EVERY_MODEL])].filter((beta) => {
    if (refused.has(beta)) return false;
    // Without a field in the body, a beta is sent if the caller requests it.
    const isRequested = policyOfBeta(beta)?.policy === 'passed' && requested.has(beta);
    return isRequested || (NEEDED_BY_BODY.get(beta)?.(body, capabilities, blockTypes) ?? false);
  });
  const unknown = [...requested].filter((beta) => policyOfBeta(beta) === undefined);
  const sent: readonly string[] = [...known, ...unknown.filter((beta) => !refused.has(beta))];
  const isLost = (beta: string) => !sent.includes(beta) && policyOfBeta(beta)?.policy !== 'translated';
  return { sent, leftOut: [...requested].filter((beta) => isLost(beta) && !isNotNeeded(beta, capabilities)) };
}

/** True for a feature that the model has without the beta. */
function isNotNeeded(beta: string, { thinkingTypes, contextTokens }: Capabilities): boolean {
  if (beta === BETA.interleavedThinking) return thinkingTypes.includes('adaptive');
  return beta === BETA.context1m && contextTokens >= 1_000_000;
}

function hasTool(body: JsonView, matches: (tool: JsonView) => boolean): boolean {
  return objectsIn(body.get('tools')).some(matches);
}

function isTool(tool: JsonView, prefix: string): boolean {
  return tool.text('type')?.startsWith(prefix) ?? false;
}

function isDeferred(tool: JsonView): boolean {
  return tool.get('defer_loading')?.raw() === 'true';
}

function isMemoryTool(tool: JsonView): boolean {
  return isTool(tool, 'memory_');
}

function hasEdit(body: JsonView, { contextEdits }: Capabilities, prefix: string): boolean {
  const types = objectsIn(body.get('context_management')?.get('edits')).map((edit) => edit.text('type'));
  return contextEdits.some((edit) => edit.startsWith(prefix) && types.includes(edit));
}

function typesOfBlocks(body: JsonView): Set<string> {
  const types = new Set<string>();
  for (const block of blocksOf(body.get('messages'))) types.add(block.text('type') ?? '');
  return types;
}

function isObject(value: JsonView | undefined): boolean {
  return value?.isObject ?? false;
}
