import type { JsonView } from '@claude-proxy/messages-api';
import { type Draft, leaveOut } from './draft.js';
import { blocksOf, objectsIn } from './message-blocks.js';

/** The limit of Anthropic and Bedrock per request. */
const MAX_BREAKPOINTS = 4;
const NEVER_CACHED = new Set(['thinking', 'redacted_thinking', 'tool_addition', 'tool_removal', 'compaction']);

/** Cache breakpoints: `scope` is refused on every model, `ttl` on those before 4.5. */
export function editCacheControl(draft: Draft, holder: JsonView): void {
  const cacheControl = holder.get('cache_control');
  if (!cacheControl?.isObject) return;
  draft.edits.removeRepeated(cacheControl);
  leaveOut(draft, cacheControl, 'scope', 'cache_control.scope');
  if (!draft.capabilities.hasCacheTtl) leaveOut(draft, cacheControl, 'ttl', 'cache_control.ttl');
}

/**
 * Automatic caching: InvokeModel refuses a top-level `cache_control`, so the breakpoint moves to the last block that
 * can have one. If that is a content with a bare string, returns the string and its breakpoint.
 */
export function editAutomaticCaching(draft: Draft): { text: JsonView; cacheControl: string } | undefined {
  const { root, edits } = draft;
  const asked = root.get('cache_control');
  if (!asked) return undefined;
  editCacheControl(draft, root);
  const cacheControl = edits.rendered(asked).toString();
  edits.remove(root, 'cache_control');
  if (!asked.isObject) return undefined;
  const last = lastBlockOf(draft);
  if (last?.has('cache_control')) return undefined;
  if (!last || breakpointsIn(root) >= MAX_BREAKPOINTS) {
    draft.leftOut.add('cache_control');
    return undefined;
  }
  if (last.isString) return { text: last, cacheControl };
  edits.append(last, `"cache_control":${cacheControl}`);
  return undefined;
}

/** Searches from the end of the assembled prompt: messages, system, tools. */
function lastBlockOf({ root, edits }: Draft): JsonView | undefined {
  const messages = root.get('messages');
  for (let index = (messages?.items().length ?? 0) - 1; index >= 0; index -= 1) {
    if (edits.isRemoved(messages!, index)) continue;
    const content = messages!.items()[index]!.get('content');
    if (content?.isString && content.raw() !== '""') return content;
    const block = content && lastOfList(content, edits);
    if (block) return block;
  }
  const system = root.get('system');
  const tools = root.get('tools');
  return (system && lastOfList(system, edits)) ?? (tools && lastOfList(tools, edits));
}

function lastOfList(list: JsonView, edits: Draft['edits']): JsonView | undefined {
  return list
    .items()
    .findLast((block, index) => block.isObject && !edits.isRemoved(list, index) && canBeCached(block, edits));
}

function canBeCached(block: JsonView, edits: Draft['edits']): boolean {
  return !edits.isReplaced(block) && !NEVER_CACHED.has(block.text('type') ?? '') && block.get('text')?.raw() !== '""';
}

function breakpointsIn(root: JsonView): number {
  const holders = [
    ...objectsIn(root.get('tools')),
    ...objectsIn(root.get('system')),
    ...blocksOf(root.get('messages')),
  ];
  return holders.filter((holder) => holder.get('cache_control')?.isObject).length;
}
