import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';

export const CODE_MINUTES = 15;
const LIFE_MS = CODE_MINUTES * 60_000;
const RANDOM_BYTES = 24;
/** The log's mask and scanners for leaked secrets recognize it, like the admin token. */
const PREFIX = 'ccp-once-';
/** A start creates one or two. Beyond this limit the oldest is forgotten. */
const MAX_CODES = 100;

export type CodeState = 'accepted' | 'used' | 'expired' | 'unknown';

/**
 * Codes that replace the admin token once and for a few minutes, because a link stays in the scrollback of a
 * terminal and in the history of a browser. Only the process that created a code accepts it.
 */
@Injectable()
export class SignInCodes {
  private readonly codes = new Map<string, { readonly endsAtMs: number; isUsed: boolean }>();

  /** @param nowMs monotonic time */
  create(nowMs: number): string {
    const code = PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
    this.codes.set(digestOf(code), { endsAtMs: nowMs + LIFE_MS, isUsed: false });
    if (this.codes.size > MAX_CODES) this.codes.delete(this.codes.keys().next().value!);
    return code;
  }

  /** Accepted at most once. */
  use(code: string, nowMs: number): CodeState {
    const known = this.codes.get(digestOf(code));
    if (!known) return 'unknown';
    if (known.isUsed) return 'used';
    if (nowMs >= known.endsAtMs) return 'expired';
    known.isUsed = true;
    return 'accepted';
  }
}

/** Codes are looked up by digest, so that the duration of a lookup reveals nothing about the code. */
function digestOf(code: string): string {
  return hash('sha256', code);
}
