/** `node scripts/build.mjs [--all]`: builds what has changed since the last build, or everything. */
import { fileURLToPath } from 'node:url';
import { isNewEnough, launch } from '../bin/launcher.js';

const args = process.argv.slice(2);
if (isNewEnough()) {
  const { buildChangedOrExit } = await import('./build-changed.mjs');
  await buildChangedOrExit({ isWhole: args.includes('--all') });
} else {
  launch(fileURLToPath(import.meta.url), args, []);
}
