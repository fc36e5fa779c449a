import { hash } from 'node:crypto';
import { headerOf, type UpstreamRequest } from '@claude-proxy/upstream';

const CLAUDE_CODE_HEADER = 'x-claude-code-session-id';
const HASH_CHARACTERS = 24;
/** A longer value is not the id of a session. */
const MAX_ID_CHARACTERS = 512;
const MAX_METADATA_BYTES = 4_096;
/** Tools and system prompts differ early; hashing megabytes of them would cost more than it finds. */
const MAX_CONTENT_BYTES = 32_768;
const CACHE_CONTROL = '"cache_control"';
/** Versions of Claude Code before the JSON form: `user_…_account_…_session_<uuid>`. */
const OLD_SESSION = /_session_([\w-]{8,})$/;

export type SessionRequest = Pick<UpstreamRequest, 'headers' | 'member' | 'user'>;

/**
 * The session of a request as a keyed hash, for the choice of its account. The first of these that exists counts:
 * the `x-session-id` of its client (`named`), `x-claude-code-session-id`, the session in `metadata.user_id`, `metadata.user_id` itself, the
 * beginning of tools and system prompt. The user is part of the hash, so that one user cannot place another user's
 * sessions.
 */
export function sessionKeyOf(request: SessionRequest, named: string | undefined, secret: string): string | undefined {
  const id =
    usable(named) ??
    usable(headerOf(request.headers, CLAUDE_CODE_HEADER)) ??
    idInMetadata(request) ??
    contentOf(request);
  if (id === undefined) return undefined;
  return keyedHash(secret, `${request.user}\n${typeof id === 'string' ? id : hash('sha256', id)}`);
}

/** In the place of a session: all objects of a user are made at one account, so that its lists are complete. */
export function objectSessionOf(user: string, secret: string): string {
  return keyedHash(secret, `objects of ${user}`);
}

/** One call: a keyed hash in three was a sixth of the pool's cost. The result is cut, so that it cannot be extended. */
function keyedHash(secret: string, text: string): string {
  return hash('sha256', `${secret}\n${text}`).slice(0, HASH_CHARACTERS);
}

function usable(id: string | undefined): string | undefined {
  const trimmed = id?.trim();
  return trimmed && trimmed.length <= MAX_ID_CHARACTERS ? trimmed : undefined;
}

function idInMetadata(request: SessionRequest): string | undefined {
  const metadata = request.member?.('metadata');
  if (!metadata || metadata.length > MAX_METADATA_BYTES) return undefined;
  const userId = textMember(metadata.toString(), 'user_id');
  if (!userId) return undefined;
  return textMember(userId, 'session_id') ?? OLD_SESSION.exec(userId)?.[1] ?? userId;
}

/** Up to the first cache breakpoint: what follows changes from turn to turn. */
function contentOf(request: SessionRequest): Buffer | undefined {
  const parts = ['tools', 'system'].flatMap((name) => request.member?.(name) ?? []);
  if (parts.length === 0) return undefined;
  const content = Buffer.concat(parts.map((part) => part.subarray(0, MAX_CONTENT_BYTES)));
  const breakpoint = content.indexOf(CACHE_CONTROL);
  return breakpoint > 0 ? content.subarray(0, breakpoint) : content;
}

function textMember(json: string, name: string): string | undefined {
  if (!json.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(json)[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}
