import type { Pair } from '@claude-proxy/masking';

/** Keeps what was masked in something that the client does not send again, such as a batch. Encrypted, for 7 days. */
export interface MaskVault {
  /** @throws an error if it cannot be kept; the request must not leave then */
  keep(tenant: string, id: string, pairs: readonly Pair[]): Promise<void>;
  /** Undefined if nothing is kept under this id for this tenant. */
  recall(tenant: string, id: string): Promise<readonly Pair[] | undefined>;
}

export const MASK_VAULT = Symbol('mask vault');
export const KEPT_SECONDS = 7 * 24 * 60 * 60;
