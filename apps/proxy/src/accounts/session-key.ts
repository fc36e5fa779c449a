import { hash } from 'node:crypto';
import { headerOf, type UpstreamRequest } from '@claude-proxy/upstream';
import { metadataIdsOf } from '../exchange/metadata-ids.js';

const CLAUDE_CODE_HEADER = 'x-claude-code-session-id';
const HASH_CHARACTERS = 24;
/** A longer value is not the id of a session. */
const MAX_ID_CHARACTERS = 512;
/** Tools and system prompts differ early; hashing megabytes of them would cost more than it finds. */
const MAX_CONTENT_BYTES = 32_768;
const CACHE_CONTROL = '"cache_control"';

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
  const { session, user } = metadataIdsOf(request.member?.('metadata'));
  return session ?? user;
}

/** Up to the first cache breakpoint: what follows changes from turn to turn. */
function contentOf(request: SessionRequest): Buffer | undefined {
  const parts = ['tools', 'system'].flatMap((name) => request.member?.(name) ?? []);
  if (parts.length === 0) return undefined;
  const content = Buffer.concat(parts.map((part) => part.subarray(0, MAX_CONTENT_BYTES)));
  const breakpoint = content.indexOf(CACHE_CONTROL);
  return breakpoint > 0 ? content.subarray(0, breakpoint) : content;
}
