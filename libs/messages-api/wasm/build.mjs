/** `npm run build:scanner [-- --check]`: compiles json-scanner.ts into a text module, or checks that it is current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../src/json-scanner.wasm.ts', import.meta.url));
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '1'];

let wasm;
const { error, stderr } = await asc.main(
  ['json-scanner.ts', '--baseDir', here, '--outFile', 'json-scanner.wasm', ...options],
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
const text = `/** Made from ../wasm/json-scanner.ts by \`npm run build:scanner\`. */
export const JSON_SCANNER =
  '${wasm.toString('base64')}';
`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write(
    'src/json-scanner.wasm.ts is out of date with wasm/json-scanner.ts. Run: npm run build:scanner\n',
  );
  process.exit(1);
}
