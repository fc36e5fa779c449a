import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** In our own `dist/`, not in a folder for temporary files, where others could write: the files are code. */
const FOLDER = fileURLToPath(new URL('../../../../.compiled', import.meta.url));

/** Modules that the last start compiled need no compiling, a fifth of a start. Without effect where nothing can be written. */
export function reuseCompiledModules(): void {
  module.enableCompileCache(FOLDER);
}

/** Node writes them at an exit; a process that is killed does not come to that. */
export function keepCompiledModules(): void {
  module.flushCompileCache();
}
