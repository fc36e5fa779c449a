import { JsonView } from '@claude-proxy/messages-api';
import type { Draft } from './draft.js';

/** A breakpoint for a content with a bare string, which becomes a block. */
export interface CachedText {
  readonly text: JsonView;
  readonly cacheControl: string;
}

/**
 * Moves each system message into the user turn before it, or into a new turn at its position, for models without
 * that role. The text has the form that Claude Code uses for such models. All other edits come before.
 */
export function foldSystemMessages(draft: Draft, cached: CachedText | undefined): void {
  const { root, edits } = draft;
  const messages = root.get('messages');
  let turn: UserTurn | undefined;
  for (const [index, message] of (messages?.items() ?? []).entries()) {
    if (edits.isRemoved(messages!, index)) continue;
    if (message.isObject && message.text('role') === 'system') {
      const isPutInto = turn !== undefined;
      turn ??= { message, added: [] };
      turn.added.push(...remindersOf(draft, message, cached));
      if (isPutInto) edits.removeItem(messages!, index);
      continue;
    }
    endTurn(draft, turn);
    turn = message.isObject && message.text('role') === 'user' ? { message, added: [] } : undefined;
  }
  endTurn(draft, turn);
}

/** Adds the breakpoint to a bare string, if that has not happened yet. */
export function cacheText({ edits }: Draft, { text, cacheControl }: CachedText): void {
  if (!edits.isReplaced(text)) edits.replace(text, `[${textBlock(text.raw(), cacheControl)}]`);
}

/** A turn that receives the system messages after it. */
interface UserTurn {
  readonly message: JsonView;
  readonly added: string[];
}

function endTurn({ edits }: Draft, turn: UserTurn | undefined): void {
  if (!turn || turn.added.length === 0) return;
  const { message, added } = turn;
  const content = message.get('content');
  const isOfSystem = message.text('role') === 'system';
  if (isOfSystem) edits.set(message, 'role', '"user"');
  if (isOfSystem || !content || content.raw() === '""') edits.set(message, 'content', `[${added.join(',')}]`);
  else if (content.isArray) for (const block of added) edits.append(content, block);
  else edits.replace(content, `[${[textBlock(content.raw()), ...added].join(',')}]`);
}

function remindersOf({ edits }: Draft, message: JsonView, cached: CachedText | undefined): string[] {
  const content = message.get('content');
  if (content?.isString) {
    return [textBlock(reminder(content.raw()), cached?.text === content ? cached.cacheControl : undefined)];
  }
  return (content?.items() ?? []).flatMap((block, index) =>
    edits.isRemoved(content!, index) ? [] : [reminderBlock(edits.rendered(block))],
  );
}

function reminderBlock(json: Buffer): string {
  const block = JsonView.of(json);
  const text = block.get('text');
  if (block.text('type') !== 'text' || !text?.isString) return json.toString();
  return json.toString('utf8', 0, text.start) + reminder(text.raw()) + json.toString('utf8', text.end);
}

/** Wraps the raw string, so that its escapes do not change. */
function reminder(text: string): string {
  return `"<system-reminder>\\n${text.slice(1, -1)}\\n</system-reminder>"`;
}

function textBlock(text: string, cacheControl?: string): string {
  return `{"type":"text","text":${text}${cacheControl ? `,"cache_control":${cacheControl}` : ''}}`;
}
