import type { Table } from '@claude-proxy/storage';
import { KEPT_SECONDS, type VaultStore } from './mask-vault.js';

/** Below the 400 KB of an item. */
const PART_CHARACTERS = 300_000;
const MAX_PARTS = 100;
/** An item is kept longer at most once a day, so that reading seldom writes. */
const RENEW_SECONDS = 24 * 60 * 60;

/** In the table of permissions. */
export class TableVaultStore implements VaultStore {
  constructor(private readonly table: Table) {}

  async put(id: string, text: string): Promise<void> {
    const parts = Math.ceil(text.length / PART_CHARACTERS);
    if (parts > MAX_PARTS) throw new Error(`${text.length} characters are more than the vault can keep`);
    const ttl = nowSeconds() + KEPT_SECONDS;
    for (let part = 0; part < parts; part += 1) {
      const slice = text.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS);
      await this.table.put({ ...keyOf(id, part), parts, text: slice, ttl });
    }
  }

  async take(id: string): Promise<string | undefined> {
    const first = await this.table.get(keyOf(id, 0));
    if (!first) return undefined;
    const texts = [String(first.text)];
    for (let part = 1; part < Number(first.parts); part += 1) {
      texts.push(String((await this.table.get(keyOf(id, part)))?.text ?? ''));
    }
    const text = texts.join('');
    if (Number(first.ttl) < nowSeconds() + KEPT_SECONDS - RENEW_SECONDS) await this.put(id, text);
    return text;
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

function keyOf(id: string, part: number): { partition: string; sort: string } {
  return { partition: `masked#${id}`, sort: String(part).padStart(3, '0') };
}
