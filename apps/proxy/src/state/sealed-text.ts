import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/**
 * Encrypts a text, or bytes, for one owner. The owner is authenticated, so that the text of one item cannot be moved into another
 * one.
 */
export function sealed(content: string | Buffer, owner: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(owner));
  const bytes = Buffer.concat([cipher.update(Buffer.from(content as string)), cipher.final()]);
  return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), bytes]).toString('base64url')}`;
}

/** Undefined if the text was encrypted with another key or for another owner, or was changed. */
export function opened(text: string, owner: string, key: Buffer): string | undefined {
  return openedBytes(text, owner, key)?.toString('utf8');
}

/** The same for bytes. */
export function openedBytes(text: string, owner: string, key: Buffer): Buffer | undefined {
  const [version, encoded = ''] = text.split('.');
  const bytes = Buffer.from(encoded, 'base64url');
  if (version !== VERSION || bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const open = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([open, decipher.final()]);
  } catch {
    return undefined;
  }
}
