import { readFileSync } from 'node:fs';
import http from 'node:http';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const COMPILED = at('../../dist/');
const BUNDLE = at('../../dist/apps/proxy/bundle');

/** Our modules keep their own `import.meta.url`, by which they find files beside them, and the map to their source. */
const inPlace: Plugin = {
  name: 'in-place',
  load(id) {
    if (!id.startsWith(COMPILED)) return null;
    const place = `new URL('${relative(BUNDLE, id)}', import.meta.url).href`;
    const code = readFileSync(id, 'utf8').replaceAll('import.meta.url', place);
    return { code, map: readFileSync(`${id}.map`, 'utf8') };
  },
};

/** An import of `node:http` reads all of its members, and these three load the client that `fetch` has: 60 ms of CPU. */
const LOADS_CLIENT = ['CloseEvent', 'MessageEvent', 'WebSocket'];
const PLAIN_HTTP = '\0plain-http';
const plainHttp: Plugin = {
  name: 'plain-http',
  enforce: 'pre',
  resolveId: (id, _importer, { kind }) =>
    /^(?:node:)?http$/.test(id) && kind === 'import-statement' ? PLAIN_HTTP : null,
  load(id) {
    if (id !== PLAIN_HTTP) return null;
    const names = Object.keys(http).filter((name) => !LOADS_CLIENT.includes(name));
    return `const http = process.getBuiltinModule('node:http');
export default http;
export const { ${names.join(', ')} } = http;`;
  },
};

/**
 * The gateway and its packages in a few files: Node resolves, reads and links each of 2,600 modules on its own, which is
 * half of the time of a start (decision 0015).
 */
export default defineConfig({
  root: at('.'),
  plugins: [inPlace, plainHttp],
  // What Node would load, and tests do: a field such as `module` names another form of a package.
  ssr: { noExternal: true, resolve: { mainFields: ['main'] } },
  build: {
    ssr: true,
    outDir: BUNDLE,
    emptyOutDir: true,
    target: 'node24',
    // Stacks in the log show names of functions.
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: [at('../../dist/apps/proxy/src/main.js'), at('../../dist/apps/proxy/src/command/claude-code-proxy.js')],
      output: {
        keepNames: true,
        // A gateway that runs while it is built anew may still load one.
        chunkFileNames: '[name].js',
      },
    },
  },
});
