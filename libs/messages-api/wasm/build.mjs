/** `npm run build:scanner [-- --check]`: compiles the modules into text modules, or checks that those are current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = fileURLToPath(new URL('.', import.meta.url));
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
/** With the pages of memory that each begins with: the window of the hash is 1 MB, and 60 KB of spans follow. */
const MODULES = [
  { name: 'json-scanner', constant: 'JSON_SCANNER', pages: 1 },
  { name: 'byte-hash', constant: 'BYTE_HASH', pages: 18 },
];

for (const module of MODULES) await make(module);

async function make({ name, constant, pages }) {
  const target = fileURLToPath(new URL(`../src/${name}.wasm.ts`, import.meta.url));
  const text = `/** Made from ../wasm/${name}.ts by \`npm run build:scanner\`. */
export const ${constant} =
  '${(await compiled(name, pages)).toString('base64')}';
`;
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`src/${name}.wasm.ts is out of date with wasm/${name}.ts. Run: npm run build:scanner\n`);
    process.exit(1);
  }
}

async function compiled(name, pages) {
  let wasm;
  const { error, stderr } = await asc.main(
    [`${name}.ts`, '--baseDir', here, '--outFile', `${name}.wasm`, ...OPTIONS, '--initialMemory', String(pages)],
    {
      writeFile: (_name, contents) => {
        wasm = Buffer.from(contents);
      },
    },
  );
  if (error) {
    process.stderr.write(stderr.toString());
    throw error;
  }
  return wasm;
}
