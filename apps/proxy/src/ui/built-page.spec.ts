import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readPageIn } from './built-page.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'built-page-'));
  mkdirSync(join(folder, 'assets'));
  const html = `<!doctype html>${' '.repeat(500)}`;
  writeFileSync(join(folder, 'index.html'), html);
  writeFileSync(join(folder, 'index.html.br'), brotliCompressSync(html));
  writeFileSync(join(folder, 'assets/index-Dk3_9xQa.js'), 'export {}');
  writeFileSync(join(folder, 'assets/notes.txt'), 'left behind');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('readPageIn', () => {
  it('knows files by their path below the page, and only those that a page may have', () => {
    expect([...readPageIn(folder).keys()].sort()).toEqual(['assets/index-Dk3_9xQa.js', 'index.html']);
  });

  it('lets browsers keep what changes its name with its content, and nothing else', () => {
    const page = readPageIn(folder);
    expect(page.get('assets/index-Dk3_9xQa.js')).toMatchObject({
      isHashed: true,
      contentType: 'text/javascript; charset=utf-8',
    });
    expect(page.get('index.html')).toMatchObject({ isHashed: false, contentType: 'text/html; charset=utf-8' });
  });

  it('has a compressed copy where it is smaller: the build made that in brotli, and the first reader that in gzip', () => {
    const page = readPageIn(folder);
    const asset = page.get('index.html')!;
    expect(gunzipSync(asset.compressed('gzip')!)).toEqual(asset.bytes);
    expect(brotliDecompressSync(asset.compressed('br')!)).toEqual(asset.bytes);
    expect(asset.compressed('br')).toBe(asset.compressed('br'));
    for (const coding of ['br', 'gzip'] as const)
      expect(page.get('assets/index-Dk3_9xQa.js')!.compressed(coding)).toBeUndefined();
  });

  it('is empty where nothing has been built', () => {
    expect(readPageIn(join(folder, 'nowhere')).size).toBe(0);
    expect(readPageIn(join(folder, 'assets')).size).toBe(0);
  });
});
