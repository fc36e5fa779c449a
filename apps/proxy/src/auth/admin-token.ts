import { hash, timingSafeEqual } from 'node:crypto';
import { Secret } from '../config/secret.js';
import type { StateConfig } from '../state/state.config.js';
import { openTokenFile, TokenFileError } from './admin-token.file.js';
import type { AuthConfig } from './auth.config.js';

const FINGERPRINT_DIGITS = 12;

/** The source of the token; `closed` has the reason why it is missing. */
export type TokenSource =
  | { readonly kind: 'setting' }
  | { readonly kind: 'file'; readonly path: string; readonly isNew: boolean; readonly replaced?: string }
  | { readonly kind: 'closed'; readonly reason: string };

/** The token for the admin endpoints: `ADMIN_TOKEN`, else the one in the data directory. */
export class AdminToken {
  private readonly digest: Buffer | undefined;

  private constructor(
    readonly source: TokenSource,
    private readonly secret?: Secret,
  ) {
    this.digest = secret && digestOf(secret.reveal());
  }

  /** Reads or creates the file. Never throws: without a token only the admin endpoints are closed. */
  static resolve({ adminToken }: AuthConfig, { dataDirectory }: StateConfig): AdminToken {
    if (adminToken) return new AdminToken({ kind: 'setting' }, adminToken);
    try {
      const { token, ...file } = openTokenFile(dataDirectory);
      return new AdminToken({ kind: 'file', ...file }, new Secret(token));
    } catch (error) {
      if (!(error instanceof TokenFileError)) throw error;
      return new AdminToken({ kind: 'closed', reason: error.message });
    }
  }

  /** Identifies a token in the audit list without revealing it. */
  get fingerprint(): string | null {
    return this.digest?.toString('hex').slice(0, FINGERPRINT_DIGITS) ?? null;
  }

  get exists(): boolean {
    return this.secret !== undefined;
  }

  /** Compares digests, so that the duration reveals nothing about the token but its length. */
  matches(shown: string): boolean {
    if (this.digest === undefined || shown.length !== this.reveal().length) return false;
    return timingSafeEqual(digestOf(shown), this.digest);
  }

  /** @throws Error without a token; check `exists` first */
  reveal(): string {
    if (!this.secret) throw new Error('The gateway has no admin token.');
    return this.secret.reveal();
  }
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
