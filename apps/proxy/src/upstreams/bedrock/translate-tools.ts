import { BETA } from '@claude-proxy/claude-models';
import type { JsonView } from '@claude-proxy/messages-api';
import { editCacheControl } from './cache-control.js';
import { type Draft, leaveOut } from './draft.js';
import { objectsIn } from './message-blocks.js';

const REGEX_SEARCH = 'tool_search_tool_regex';
const SEARCH_TOOL = /^tool_search_tool_/;

/**
 * Bedrock has the regex search under a name without a date, and no BM25 search. If the search tool is dropped,
 * deferred tools are loaded at once: they could not be found otherwise.
 */
export function editTools(draft: Draft): void {
  const { root, edits, betas } = draft;
  const tools = root.get('tools');
  if (!tools?.isArray) return;
  const hasSearchBeta = betas.has(BETA.toolSearch);
  const searchTools = objectsIn(tools).filter(isSearch);
  const isSearchLost = searchTools.length > 0 && !searchTools.some(isRegexSearch);
  const isDeferringKept = hasSearchBeta && !isSearchLost;
  for (const [index, tool] of tools.items().entries()) {
    if (!tool.isObject) continue;
    if (isSearch(tool) && !(hasSearchBeta && isRegexSearch(tool))) {
      edits.removeItem(tools, index);
      draft.leftOut.add(`tools.${tool.text('type')}`);
    } else editTool(draft, tool, isDeferringKept);
  }
}

function editTool(draft: Draft, tool: JsonView, isDeferringKept: boolean): void {
  const { edits, betas } = draft;
  edits.removeRepeated(tool);
  if (isSearch(tool)) edits.set(tool, 'type', JSON.stringify(REGEX_SEARCH));
  else renameMember(draft, tool, 'name');
  if (!isDeferringKept) edits.remove(tool, 'defer_loading');
  // Only `direct` at this point, which the acceptance check ensures and Bedrock does by default.
  edits.remove(tool, 'allowed_callers');
  leaveOut(draft, tool, 'eager_input_streaming', 'tools.eager_input_streaming');
  if (!betas.has(BETA.toolExamples)) leaveOut(draft, tool, 'input_examples', 'tools.input_examples');
  editCacheControl(draft, tool);
}

export function editToolChoice(draft: Draft): void {
  const choice = draft.root.get('tool_choice');
  if (choice?.isObject) renameMember(draft, choice, 'name');
}

/** Renames a tool by Bedrock's rules. */
export function renameMember({ edits, names }: Draft, holder: JsonView, key: string): void {
  const name = holder.text(key);
  const short = name === undefined ? undefined : names.shortOf(name);
  if (short !== undefined) edits.set(holder, key, JSON.stringify(short));
}

function isSearch(tool: JsonView): boolean {
  return SEARCH_TOOL.test(tool.text('type') ?? '');
}

function isRegexSearch(tool: JsonView): boolean {
  return tool.text('type')?.startsWith(REGEX_SEARCH) ?? false;
}
