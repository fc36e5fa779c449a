import { join } from 'node:path';
import { GATEWAY_FLAGS, launch, ROOT } from './launcher.js';

launch(join(ROOT, 'dist/apps/proxy/src/main.js'), process.argv.slice(2), GATEWAY_FLAGS);
