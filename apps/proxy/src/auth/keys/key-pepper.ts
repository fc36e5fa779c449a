import { createHmac } from 'node:crypto';
import { digestOf } from './key-text.js';

const FINGERPRINT_DIGITS = 8;

/** What the store keeps of a key, and which pepper it was made with: null without one. */
export interface SealedDigest {
  readonly hash: string;
  readonly pepper: string | null;
}

/**
 * `CLIENT_KEY_PEPPER`: a secret outside of the store that is a part of each stored hash. A copy of the store alone then
 * cannot be used to check whether a text is a key. Without it the keys that were stored with it cannot be checked.
 */
export class KeyPepper {
  private readonly fingerprint: string | null;

  constructor(private readonly secret: string | undefined) {
    this.fingerprint = secret === undefined ? null : digestOf(`pepper ${secret}`).slice(0, FINGERPRINT_DIGITS);
  }

  /** For a new key. @param digest of its text */
  seal(digest: string): SealedDigest {
    return { hash: this.hashOf(digest), pepper: this.fingerprint };
  }

  /** The digest as it was stored with this pepper; undefined if that is not the pepper of this gateway. */
  hashFor(digest: string, pepper: string | null | undefined): string | undefined {
    if (pepper === null || pepper === undefined) return digest;
    return pepper === this.fingerprint ? this.hashOf(digest) : undefined;
  }

  private hashOf(digest: string): string {
    return this.secret === undefined ? digest : createHmac('sha256', this.secret).update(digest).digest('hex');
  }
}
