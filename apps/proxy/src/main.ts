import './server/signals.js';
import { keepCompiledModules, reuseCompiledModules } from './server/compiled-modules.js';
import { requireNode } from './server/node-version.js';

requireNode();
reuseCompiledModules();
// Not a static import: Node resolves those before the first line runs.
const { startFromEnvironment } = await import('./server/start.js');
await startFromEnvironment();
keepCompiledModules();
