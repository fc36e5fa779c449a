import { join } from 'node:path';
import { launch, QUIET_FLAGS, ROOT } from './launcher.js';

launch(join(ROOT, 'dist/apps/proxy/src/command/create-tables.js'), process.argv.slice(2), QUIET_FLAGS);
