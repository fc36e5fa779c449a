import { BETA } from './betas.js';
import { translateCacheControl } from './cache-control.js';
import { isObject, type JsonObject, rewriteEach, withMember, without } from './json-objects.js';
import type { Capabilities } from './model-capabilities.js';

/** api.anthropic.com strips Claude Code's attribution block from `system`; elsewhere it would become prompt text. */
const ATTRIBUTION = 'x-anthropic-billing-header:';

interface Translation {
  readonly capabilities: Capabilities;
  readonly betas: ReadonlySet<string>;
}

export function translateSystem(system: unknown, { capabilities }: Translation): unknown {
  if (!Array.isArray(system)) return system;
  return rewriteEach(system, (block) => {
    if (!isObject(block)) return block;
    const isAttribution = typeof block.text === 'string' && block.text.startsWith(ATTRIBUTION);
    return isAttribution ? undefined : translateCacheControl(block, capabilities);
  });
}

/**
 * Keeps every turn in its place: a system message that is moved to the front breaks prompt caches, and thinking
 * signatures that are bound to what stood before them.
 */
export function translateMessages(messages: unknown, translation: Translation): unknown {
  if (!Array.isArray(messages)) return messages;
  const translated = rewriteEach(messages, (message) =>
    isObject(message) ? translateMessage(message, translation) : message,
  );
  return translation.capabilities.takesSystemRole ? translated : foldSystemMessages(translated);
}

function translateMessage(message: JsonObject, translation: Translation): JsonObject | undefined {
  // Members beside these two (`output_config`, `clear_at`) belong to betas that Bedrock does not have.
  const extras = Object.keys(message).filter((key) => key !== 'role' && key !== 'content');
  const content = translateContent(message.content, translation);
  return isEmptied(message, content) ? undefined : withMember(without(message, extras), 'content', content);
}

/** True when nothing of the turn is left, or, in a system message, when it carried nothing but such members. */
function isEmptied({ role, content: original }: JsonObject, content: unknown): boolean {
  const isEmpty = content === undefined || content === '' || (Array.isArray(content) && content.length === 0);
  return isEmpty && (role === 'system' || content !== original);
}

function translateContent(content: unknown, translation: Translation): unknown {
  if (!Array.isArray(content)) return content;
  return rewriteEach(content, (block) => (isObject(block) ? translateBlock(block, translation) : block));
}

function translateBlock(block: JsonObject, translation: Translation): JsonObject | undefined {
  const { capabilities, betas } = translation;
  switch (block.type) {
    case 'fallback':
      return undefined;
    case 'tool_addition':
    case 'tool_removal':
      return betas.has(BETA.toolChanges) ? translateCacheControl(block, capabilities) : undefined;
    case 'tool_reference':
      return translateCacheControl(betas.has(BETA.toolSearch) ? block : textOfReference(block), capabilities);
    case 'tool_use':
      return translateCacheControl(without(block, ['caller']), capabilities);
    default:
      return translateCacheControl(translateNested(block, translation), capabilities);
  }
}

function translateNested(block: JsonObject, translation: Translation): JsonObject {
  if (block.type === 'tool_result') return withMember(block, 'content', translateContent(block.content, translation));
  if (block.type !== 'document' || !isObject(block.source)) return block;
  const content = translateContent(block.source.content, translation);
  return withMember(block, 'source', withMember(block.source, 'content', content));
}

/** What a search found, in words: the tool itself is then loaded from the start. */
function textOfReference({ tool_name: name, cache_control: cacheControl }: JsonObject): JsonObject {
  return withMember({ type: 'text', text: `Tool found: ${name}` }, 'cache_control', cacheControl);
}

/** The form in which Claude Code itself words system messages for models that have no such role. */
function foldSystemMessages(messages: readonly unknown[]): readonly unknown[] {
  if (!messages.some(isSystemMessage)) return messages;
  const folded: unknown[] = [];
  for (const message of messages) {
    const previous = folded.at(-1);
    if (!isSystemMessage(message)) folded.push(message);
    else if (isObject(previous) && previous.role === 'user') {
      folded[folded.length - 1] = {
        ...previous,
        content: [...blocksOfContent(previous.content), ...reminders(message)],
      };
    } else folded.push({ role: 'user', content: reminders(message) });
  }
  return folded;
}

function isSystemMessage(message: unknown): message is JsonObject {
  return isObject(message) && message.role === 'system';
}

function reminders(message: JsonObject): unknown[] {
  return blocksOfContent(message.content).map((block) =>
    isObject(block) && block.type === 'text'
      ? { ...block, text: `<system-reminder>\n${block.text}\n</system-reminder>` }
      : block,
  );
}

function blocksOfContent(content: unknown): readonly unknown[] {
  return Array.isArray(content) ? content : [{ type: 'text', text: String(content) }];
}
