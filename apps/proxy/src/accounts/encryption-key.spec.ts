import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encryptionKeyOf, openEncryptionKeyFile } from './encryption-key.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'encryption-key-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const path = () => join(directory, 'encryption-key');

describe('the encryption key', () => {
  it('is made once, for its owner alone, and read again', () => {
    const key = openEncryptionKeyFile(directory);
    expect(key).toHaveLength(32);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(openEncryptionKeyFile(directory)).toEqual(key);
    expect(readFileSync(path(), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it.each<[string, () => void, RegExp]>([
    ['that others can read', () => writeFileSync(path(), 'x'.repeat(40), { mode: 0o644 }), /permissions 644/],
    ['that is too short', () => writeFileSync(path(), 'short', { mode: 0o600 }), /at least 32/],
    ['that is a link', () => symlinkSync('/etc/passwd', path()), /cannot be read/],
  ])('refuses a file %s, and never replaces it', (_name, make, message) => {
    make();
    expect(() => openEncryptionKeyFile(directory)).toThrow(message);
  });

  it('is derived from a text of any form', () => {
    expect(encryptionKeyOf('a'.repeat(32))).toHaveLength(32);
    expect(encryptionKeyOf('a'.repeat(32))).not.toEqual(encryptionKeyOf('b'.repeat(32)));
    expect(() => encryptionKeyOf('a'.repeat(31))).toThrow('at least 32');
  });
});
