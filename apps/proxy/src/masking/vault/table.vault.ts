import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Pair } from '@claude-proxy/masking';
import type { Table } from '@claude-proxy/storage';
import { KEPT_SECONDS, type MaskVault } from './mask-vault.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Below the 400 KB of an item. */
const PART_CHARACTERS = 300_000;
const MAX_PARTS = 100;

/** In the table of permissions, encrypted with a key of the tenant (AES-256-GCM). */
export class TableVault implements MaskVault {
  constructor(
    private readonly table: Table,
    private readonly keyOf: (tenant: string) => Buffer,
  ) {}

  async keep(tenant: string, id: string, pairs: readonly Pair[]): Promise<void> {
    const text = this.encrypted(tenant, gzipSync(JSON.stringify(pairs)));
    const parts = Math.ceil(text.length / PART_CHARACTERS);
    if (parts > MAX_PARTS) throw new Error(`${pairs.length} identifiers are more than the vault can keep`);
    const ttl = Math.floor(Date.now() / 1_000) + KEPT_SECONDS;
    for (let part = 0; part < parts; part += 1) {
      const slice = text.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS);
      await this.table.put({ ...keyOf(id, part), parts, text: slice, ttl });
    }
  }

  async recall(tenant: string, id: string): Promise<readonly Pair[] | undefined> {
    const first = await this.table.get(keyOf(id, 0));
    if (!first) return undefined;
    const texts = [String(first.text)];
    for (let part = 1; part < Number(first.parts); part += 1) {
      texts.push(String((await this.table.get(keyOf(id, part)))?.text ?? ''));
    }
    const bytes = this.decrypted(tenant, texts.join(''));
    return bytes && (JSON.parse(gunzipSync(bytes).toString()) as Pair[]);
  }

  private encrypted(tenant: string, bytes: Buffer): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keyOf(tenant), nonce);
    const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** Undefined for what another tenant has kept. */
  private decrypted(tenant: string, text: string): Buffer | undefined {
    const bytes = Buffer.from(text, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.keyOf(tenant), bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

function keyOf(id: string, part: number): { partition: string; sort: string } {
  return { partition: `masked#${id}`, sort: String(part).padStart(3, '0') };
}
