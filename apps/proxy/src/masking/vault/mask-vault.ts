import { gunzipSync, gzipSync } from 'node:zlib';
import type { Pair } from '@claude-proxy/masking';
import { openedBytes, sealed } from '../../state/sealed-text.js';

/** Texts that are kept for a time. Each method throws if that cannot be done. */
export interface VaultStore {
  put(id: string, text: string): Promise<void>;
  /** Undefined if nothing is kept under this id. What is read is kept for another `KEPT_SECONDS`. */
  take(id: string): Promise<string | undefined>;
  close?(): void;
}

export const KEPT_SECONDS = 7 * 24 * 60 * 60;

/** Keeps what was masked in something that the client does not send again, such as a batch. Encrypted with a key of the tenant. */
export class MaskVault {
  /** @param keyOf the key of a tenant */
  constructor(
    private readonly store: VaultStore,
    private readonly keyOf: (tenant: string) => Buffer,
  ) {}

  /** @throws an error if it cannot be kept; the request must not leave then */
  async keep(tenant: string, id: string, pairs: readonly Pair[]): Promise<void> {
    await this.store.put(id, sealed(gzipSync(JSON.stringify(pairs)), id, this.keyOf(tenant)));
  }

  /** Undefined if nothing is kept under this id for this tenant. @throws an error if the store does not answer */
  async recall(tenant: string, id: string): Promise<readonly Pair[] | undefined> {
    const text = await this.store.take(id);
    const bytes = text && openedBytes(text, id, this.keyOf(tenant));
    return bytes ? JSON.parse(gunzipSync(bytes).toString()) : undefined;
  }

  close(): void {
    this.store.close?.();
  }
}
