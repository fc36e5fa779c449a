const { existsSync, readFileSync } = require('node:fs');
const { registerHooks } = require('node:module');
const { join } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { transformSync } = require('@swc/core');

const ROOT = pathToFileURL(join(__dirname, '../../../')).href;
const GLOBALS = pathToFileURL(join(__dirname, 'jest-globals.mjs')).href;
const LIBRARY = /^@claude-proxy\/([^/]+)(\/testing)?$/;
const PRODUCT = {
  'claude-code-proxy': new URL('apps/proxy/src/index.ts', ROOT).href,
  'claude-code-proxy/upstream': new URL('libs/upstream/src/index.ts', ROOT).href,
};
const SWC = {
  swcrc: false,
  configFile: false,
  sourceMaps: 'inline',
  module: { type: 'es6' },
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
};

/** Node reads the sources of the project: TypeScript compiled by SWC, the libraries by their names, `./x.js` as `./x.ts`. */
registerHooks({
  resolve(specifier, context, next) {
    const url = sourceOf(specifier, context.parentURL);
    return url ? { url, format: 'module', shortCircuit: true } : next(specifier, context);
  },
  load(url, context, next) {
    if (!/\.ts(\?|$)/.test(url)) return next(url, context);
    const filename = fileURLToPath(url.replace(/\?.*$/, ''));
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...SWC, filename });
    return { format: 'module', source: code, shortCircuit: true };
  },
});

function sourceOf(specifier, parent) {
  if (specifier === '@jest/globals') return GLOBALS;
  const library = LIBRARY.exec(specifier);
  if (library) return new URL(`libs/${library[1]}/src${library[2] ?? ''}/index.ts`, ROOT).href;
  if (PRODUCT[specifier]) return PRODUCT[specifier];
  if (!/^\.{1,2}\/.*\.js$/.test(specifier) || !parent?.startsWith(ROOT) || parent.includes('/node_modules/')) return;
  const source = new URL(specifier.replace(/\.js$/, '.ts'), parent);
  return existsSync(source) ? source.href : undefined;
}
