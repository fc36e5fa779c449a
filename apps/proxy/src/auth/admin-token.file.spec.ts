import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openTokenFile } from './admin-token.file.js';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'claude-proxy-token-'));
  path = join(directory, 'admin-token');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const put = (content: string | Buffer, mode = 0o600) => {
  writeFileSync(path, content);
  chmodSync(path, mode);
};
const modeOf = (file: string) => statSync(file).mode & 0o777;
const itAsRoot = process.getuid?.() === 0 ? it : it.skip;

describe('openTokenFile', () => {
  it('creates a token that only its owner can read, with its directory', () => {
    const deep = join(directory, 'a', 'b');
    const { token, isNew } = openTokenFile(deep);
    expect(isNew).toBe(true);
    expect(token).toMatch(/^ccp-admin-[\w-]{43}$/);
    expect(readFileSync(join(deep, 'admin-token'), 'utf8')).toBe(`${token}\n`);
    expect([modeOf(join(deep, 'admin-token')), modeOf(deep)]).toEqual([0o600, 0o700]);
    expect(readdirSync(deep)).toEqual(['admin-token']);
  });

  it('returns the same token afterwards', () => {
    const { token } = openTokenFile(directory);
    expect(openTokenFile(directory)).toEqual({ path, token, isNew: false });
  });

  it('keeps a token that an operator has written', () => {
    put('a-long-passphrase-of-mine\r\n');
    expect(openTokenFile(directory)).toEqual({ path, token: 'a-long-passphrase-of-mine', isNew: false });
  });

  it.each<[name: string, content: string | Buffer, mode: number, reason: RegExp]>([
    ['that is empty', '', 0o600, /empty/],
    ['of white space', ' \n\n', 0o600, /empty/],
    ['whose token is short enough to be guessed', 'secret', 0o600, /not a token/],
    ['of several lines', 'aaaaaaaaaaaaaaaaaaaa\nbbbbbbbbbbbbbbbbbbbb\n', 0o600, /not a token/],
    ['of bytes', Buffer.alloc(64, 0xff), 0o600, /not a token/],
    ['that is too long', 'x'.repeat(100_000), 0o600, /not a token/],
    ['that its group may read', 'a-long-passphrase-of-mine', 0o640, /640/],
    ['that others may read', 'a-long-passphrase-of-mine', 0o644, /644/],
    ['that others may write', 'a-long-passphrase-of-mine', 0o602, /602/],
  ])('replaces a file %s, and reports the reason', (_name, content, mode, reason) => {
    put(content, mode);
    const { token, isNew, replaced } = openTokenFile(directory);
    expect({ isNew, replaced }).toEqual({ isNew: true, replaced: expect.stringMatching(reason) });
    expect(readFileSync(path, 'utf8')).toBe(`${token}\n`);
    expect(modeOf(path)).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['admin-token']);
  });

  it('does not follow a symbolic link', () => {
    writeFileSync(join(directory, 'elsewhere'), 'a-long-passphrase-of-mine', { mode: 0o600 });
    symlinkSync('elsewhere', path);
    expect(() => openTokenFile(directory)).toThrow(`${path} is a symbolic link; delete it and start again`);
  });

  it('rejects a directory or a pipe, and does not block on it', () => {
    mkdirSync(path);
    expect(() => openTokenFile(directory)).toThrow(`${path} is not a file; move it away and start again`);
    rmSync(path, { recursive: true });
    if (spawnSync('sh', ['-c', 'mkfifo "$0"', path]).status !== 0) return;
    expect(() => openTokenFile(directory)).toThrow(`${path} is not a file; move it away and start again`);
  });

  itAsRoot('rejects a file of another user', () => {
    put('a-long-passphrase-of-mine');
    chownSync(path, 12_345, 12_345);
    expect(() => openTokenFile(directory)).toThrow(`${path} belongs to user 12345`);
  });

  it('names the path that cannot be written, and the reason', () => {
    writeFileSync(join(directory, 'file'), '');
    const below = join(directory, 'file', 'data');
    expect(() => openTokenFile(below)).toThrow(`${join(below, 'admin-token')} cannot be read or written (ENOTDIR)`);
  });
});
