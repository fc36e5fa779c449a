import { hash } from 'node:crypto';
import { JsonView } from '@claude-proxy/messages-api';
import { headerOf, type StepRequest } from '@claude-proxy/upstream';
import type { Caller } from '../auth/caller.js';

const SESSION_HEADER = 'x-claude-code-session-id';
const ASSISTANT = Buffer.from('"assistant"');
const MAX_TEXT_BYTES = 4_096;

/** True if the model has not answered yet in this conversation. */
export function isBeginning(body: Buffer): boolean {
  return !body.includes(ASSISTANT);
}

/**
 * What is equal in all requests of a conversation: its session, else the text that it begins with. The user is a part of it, so
 * that no user can name the conversation of another one.
 */
export function conversationOf({ headers, body }: StepRequest, { session, user }: Caller): string | undefined {
  const named = session ?? headerOf(headers, SESSION_HEADER);
  const id = named ?? firstText(body!);
  return id === undefined ? undefined : hash('sha256', `${user}\n${named === undefined ? 'text' : 'session'}\n${id}`);
}

/** Without `cache_control`, which moves from turn to turn. */
function firstText(body: Buffer): string | undefined {
  const content = JsonView.of(body).get('messages')?.items()[0]?.get('content');
  const text = content?.isArray ? content.items()[0]?.get('text') : content;
  return text?.isString
    ? body.toString('latin1', text.start, Math.min(text.end, text.start + MAX_TEXT_BYTES))
    : undefined;
}
