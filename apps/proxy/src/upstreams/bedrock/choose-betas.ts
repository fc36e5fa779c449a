import { BETA, type Beta } from './betas.js';
import { isObject, type JsonObject } from './json-objects.js';
import { blocksOf, objectsIn } from './message-blocks.js';
import type { Capabilities } from './model-capabilities.js';

/** Betas that change how the model works without a field in the body: sent where the caller asks for them. */
const SENT_ON_REQUEST: ReadonlySet<Beta> = new Set([
  BETA.interleavedThinking,
  BETA.toolSearch,
  BETA.thinkingTokenCount,
  BETA.thinkingDisplayUpdates,
  BETA.fineGrainedToolStreaming,
  BETA.context1m,
]);

type Need = (body: JsonObject, capabilities: Capabilities) => boolean;

/**
 * Betas that belong to a field of the body: sent exactly where that field is, whether or not the caller names them,
 * because what needs no header any more at Anthropic still needs its beta here.
 */
const NEEDED_BY_BODY: ReadonlyMap<Beta, Need> = new Map<Beta, Need>([
  [
    BETA.toolSearch,
    (body) => hasTool(body, (tool) => tool.defer_loading === true || isTool(tool, 'tool_search_tool_')),
  ],
  [BETA.toolExamples, (body) => hasTool(body, (tool) => 'input_examples' in tool)],
  [BETA.contextManagement, (body, model) => hasEdit(body, model, 'clear_') || hasTool(body, isMemoryTool)],
  [BETA.compactEdit, (body, model) => hasEdit(body, model, 'compact_') || hasBlock(body, 'compaction')],
  [BETA.compaction, (body) => isObject(body.compaction) || hasBlock(body, 'compaction')],
  [BETA.effort, (body) => isObject(body.output_config) && 'effort' in body.output_config],
  [BETA.thinkingBindingControls, (body) => isObject(body.thinking) && 'block_binding' in body.thinking],
  [BETA.toolChanges, (body) => hasBlock(body, 'tool_addition') || hasBlock(body, 'tool_removal')],
  [BETA.computerUse2025January, (body) => hasTool(body, (tool) => isTool(tool, 'computer_20250124'))],
  [BETA.computerUse2025November, (body) => hasTool(body, (tool) => isTool(tool, 'computer_20251124'))],
]);

/** What goes into `anthropic_beta`, in the order of the model's row: the same request always gives the same list. */
export function chooseBetas(
  body: JsonObject,
  requested: ReadonlySet<string>,
  capabilities: Capabilities,
  refused: ReadonlySet<string>,
): Beta[] {
  return capabilities.betas.filter((beta) => {
    if (refused.has(beta)) return false;
    const isRequested = SENT_ON_REQUEST.has(beta) && requested.has(beta);
    return isRequested || (NEEDED_BY_BODY.get(beta)?.(body, capabilities) ?? false);
  });
}

function hasTool(body: JsonObject, matches: (tool: JsonObject) => boolean): boolean {
  return objectsIn(body.tools).some(matches);
}

function isTool(tool: JsonObject, prefix: string): boolean {
  return typeof tool.type === 'string' && tool.type.startsWith(prefix);
}

function isMemoryTool(tool: JsonObject): boolean {
  return isTool(tool, 'memory_');
}

function hasEdit(body: JsonObject, { contextEdits }: Capabilities, prefix: string): boolean {
  if (!isObject(body.context_management)) return false;
  const types = objectsIn(body.context_management.edits).map((edit) => edit.type);
  return contextEdits.some((edit) => edit.startsWith(prefix) && types.includes(edit));
}

function hasBlock(body: JsonObject, type: string): boolean {
  for (const block of blocksOf(body.messages)) {
    if (block.type === type) return true;
  }
  return false;
}
