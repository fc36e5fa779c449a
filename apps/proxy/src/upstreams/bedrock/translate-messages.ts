import { BETA } from '@claude-proxy/claude-models';
import type { JsonView } from '@claude-proxy/messages-api';
import { editCacheControl } from './cache-control.js';
import { type Draft, leaveOut } from './draft.js';
import { objectsIn } from './message-blocks.js';
import { isOfServerTool, textOfServerTool } from './server-tool-text.js';
import { renameMember } from './translate-tools.js';

/** api.anthropic.com removes Claude Code's attribution block from `system`. Elsewhere it would become prompt text. */
const ATTRIBUTION = 'x-anthropic-billing-header:';
/** Members of a message for betas that Bedrock does not have. */
const MESSAGE_EXTRAS = ['output_config', 'clear_at'];
const THINKING = /^(redacted_)?thinking$/;
/** Depth of a tool result with a document of blocks. */
const MAX_DEPTH = 4;

/** Additional edits of a block, independent of its type. */
interface BlockOptions {
  readonly withoutThinking: boolean;
  readonly depth: number;
}

export function editSystem(draft: Draft): void {
  const { root, edits } = draft;
  const system = root.get('system');
  if (!system?.isArray) return;
  for (const [index, block] of system.items().entries()) {
    if (!block.isObject) continue;
    edits.removeRepeated(block);
    if (isAttribution(block)) edits.removeItem(system, index);
    else editCacheControl(draft, block);
  }
}

function isAttribution(block: JsonView): boolean {
  const text = block.get('text');
  return text?.bytes.toString('utf8', text.start + 1, text.start + 1 + ATTRIBUTION.length) === ATTRIBUTION;
}

/**
 * Keeps every turn at its position: moving a system message to the front would break prompt caches, and thinking
 * signatures that depend on the content before them.
 */
export function editMessages(draft: Draft, withoutThinking: boolean): void {
  const messages = draft.root.get('messages');
  for (const [index, message] of (messages?.items() ?? []).entries()) {
    if (!message.isObject) continue;
    draft.edits.removeRepeated(message);
    for (const extra of MESSAGE_EXTRAS) leaveOut(draft, message, extra, `messages.${extra}`);
    const isOfAssistant = message.text('role') === 'assistant';
    editContent(draft, message.get('content'), { withoutThinking: withoutThinking && isOfAssistant, depth: 1 });
    if (isEmptied(draft, message)) draft.edits.removeItem(messages!, index);
  }
}

/** True if the turn is empty, or if a system message had only such members. */
function isEmptied({ edits }: Draft, message: JsonView): boolean {
  const content = message.get('content');
  if (content?.isArray && content.items().length > 0) return edits.leavesEmpty(content);
  const isEmpty = content === undefined || content.raw() === '""' || content.isArray;
  return isEmpty && message.text('role') === 'system';
}

function editContent(draft: Draft, content: JsonView | undefined, options: BlockOptions): void {
  if (!content?.isArray || options.depth > MAX_DEPTH) return;
  for (const [index, block] of content.items().entries()) {
    if (!block.isObject) continue;
    draft.edits.removeRepeated(block);
    if (isDropped(draft, block, options)) draft.edits.removeItem(content, index);
    else editBlock(draft, block, options);
  }
}

function isDropped({ betas, leftOut }: Draft, block: JsonView, { withoutThinking }: BlockOptions): boolean {
  const type = block.text('type') ?? '';
  if (withoutThinking && THINKING.test(type)) {
    leftOut.add(`messages.${type}`);
    return true;
  }
  const isChangeOfTools = type === 'tool_addition' || type === 'tool_removal';
  if (isChangeOfTools && !betas.has(BETA.toolChanges)) {
    leftOut.add(`messages.${type}`);
    return true;
  }
  // Marks a change to another model by Anthropic.
  return type === 'fallback';
}

function editBlock(draft: Draft, block: JsonView, { depth }: BlockOptions): void {
  const type = block.text('type') ?? '';
  const nested = { withoutThinking: false, depth: depth + 1 };
  editCacheControl(draft, block);
  if (type === 'tool_use') editToolUse(draft, block);
  else if (type === 'tool_result') editContent(draft, block.get('content'), nested);
  else if (type === 'document') editContent(draft, block.get('source')?.get('content'), nested);
  else if (type === 'text') editCitations(draft, block);
  else if (type === 'tool_addition' || type === 'tool_removal') editChangeOfTools(draft, block);
  else if (type === 'tool_reference') editReference(draft, block);
  else if (isOfServerTool(type)) editServerTool(draft, block, type);
}

/** Becomes text if the model has no tool search: the tool itself is then loaded from the start. */
function editReference(draft: Draft, block: JsonView): void {
  if (draft.betas.has(BETA.toolSearch)) renameMember(draft, block, 'tool_name');
  else replaceByText(draft, block, `Tool found: ${block.text('tool_name')}`);
}

function editServerTool(draft: Draft, block: JsonView, type: string): void {
  if (!draft.betas.has(BETA.toolSearch) || !isToolSearch(block, type)) {
    draft.leftOut.add(`messages.${type}`);
    replaceByText(draft, block, textOfServerTool(block));
    return;
  }
  for (const reference of objectsIn(block.get('content')?.get('tool_references'))) {
    renameMember(draft, reference, 'tool_name');
  }
}

/** Removes the calling program, because Bedrock has no programmatic calls. */
function editToolUse(draft: Draft, block: JsonView): void {
  const isDirect = block.get('caller')?.text('type') === 'direct';
  if (isDirect) draft.edits.remove(block, 'caller');
  else leaveOut(draft, block, 'caller', 'messages.tool_use.caller');
  renameMember(draft, block, 'name');
}

function editChangeOfTools(draft: Draft, block: JsonView): void {
  const tool = block.get('tool');
  const definition = tool?.get('definition');
  if (tool?.text('type') === 'tool_reference') renameMember(draft, tool, 'name');
  if (definition?.isObject) renameMember(draft, definition, 'name');
}

/** A citation of a web search refers to the encrypted result, which has become text. */
function editCitations(draft: Draft, block: JsonView): void {
  const citations = block.get('citations');
  for (const [index, citation] of (citations?.items() ?? []).entries()) {
    if (!citation.text('type')?.startsWith('web_search_result')) continue;
    draft.edits.removeItem(citations!, index);
    draft.leftOut.add('messages.citations');
  }
  if (citations && citations.items().length > 0 && draft.edits.leavesEmpty(citations)) {
    draft.edits.remove(block, 'citations');
  }
}

function isToolSearch(block: JsonView, type: string): boolean {
  const name = type === 'server_tool_use' ? (block.text('name') ?? '') : type;
  return name.startsWith('tool_search_tool_');
}

function replaceByText({ edits }: Draft, block: JsonView, text: string): void {
  const cacheControl = block.get('cache_control');
  const breakpoint = cacheControl?.isObject ? `,"cache_control":${edits.rendered(cacheControl)}` : '';
  edits.replace(block, `{"type":"text","text":${JSON.stringify(text)}${breakpoint}}`);
}
