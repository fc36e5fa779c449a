import { KEPT_SECONDS, type VaultStore } from './mask-vault.js';

const MAX_KEPT = 1_000;

/** For one process: what it keeps is gone after a restart. */
export class MemoryStore implements VaultStore {
  private readonly kept = new Map<string, { readonly text: string; readonly untilMs: number }>();

  async put(id: string, text: string): Promise<void> {
    this.kept.delete(id);
    this.kept.set(id, { text, untilMs: Date.now() + KEPT_SECONDS * 1_000 });
    if (this.kept.size > MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
  }

  async take(id: string): Promise<string | undefined> {
    const found = this.kept.get(id);
    if (!found || found.untilMs <= Date.now()) return undefined;
    await this.put(id, found.text);
    return found.text;
  }
}
