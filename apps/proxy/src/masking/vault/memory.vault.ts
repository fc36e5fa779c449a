import type { Pair } from '@claude-proxy/masking';
import { KEPT_SECONDS, type MaskVault } from './mask-vault.js';

const MAX_KEPT = 1_000;

/** For one process: what it keeps is gone after a restart. */
export class MemoryVault implements MaskVault {
  private readonly kept = new Map<string, { readonly pairs: readonly Pair[]; readonly untilMs: number }>();

  async keep(tenant: string, id: string, pairs: readonly Pair[]): Promise<void> {
    this.kept.set(`${tenant}\0${id}`, { pairs, untilMs: Date.now() + KEPT_SECONDS * 1_000 });
    if (this.kept.size > MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
  }

  async recall(tenant: string, id: string): Promise<readonly Pair[] | undefined> {
    const found = this.kept.get(`${tenant}\0${id}`);
    return found && found.untilMs > Date.now() ? found.pairs : undefined;
  }
}
