/**
 * `npm run build:types`: the declarations behind `import ... from 'claude-code-proxy'`. The sources would do for an editor,
 * but a strict compiler of another project checks sources by its own rules, and decorators break many of them.
 */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from '../bin/launcher.js';

const TYPES = join(ROOT, 'dist/types');
const LIBRARY = /(['"])@claude-proxy\/([\w-]+)(\/testing)?\1/g;

rmSync(TYPES, { recursive: true, force: true });
const compiler = join(ROOT, 'node_modules/typescript7/bin/tsc');
execFileSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.types.json')], { stdio: 'inherit' });

/** The names of our libraries mean nothing to another project. */
for (const file of globSync('**/*.d.ts', { cwd: TYPES })) {
  const path = join(TYPES, file);
  const pathTo = (_all, quote, library, testing = '') =>
    `${quote}./${relative(dirname(path), join(TYPES, 'libs', library, 'src', testing, 'index.js')).replaceAll('\\', '/')}${quote}`;
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(LIBRARY, pathTo));
}
