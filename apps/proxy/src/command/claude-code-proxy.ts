import '../server/signals.js';
import { keepCompiledModules, reuseCompiledModules } from '../server/compiled-modules.js';

reuseCompiledModules();
// Not a static import: Node resolves those before the first line runs.
const { run } = await import('./run.js');
await run(process.argv.slice(2));
keepCompiledModules();
