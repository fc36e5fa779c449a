#!/usr/bin/env node
const args = process.argv.slice(2);
const main = await bundled(args[0]);
if (main) await main(args, startProgram);
else await (await import('./command-line.js')).runCommandLine(args);

/** The usual case, without another file to load: each takes 2 ms. Undefined for what needs another Node, flags or a build. */
async function bundled(command) {
  if (Number(process.versions.node.split('.')[0]) < 24 || command === 'top') return undefined;
  return import('../dist/apps/cli/bundle/main.js').then(
    (bundle) => bundle.main,
    (error) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    },
  );
}

async function startProgram(program, rest) {
  await (await import('./command-line.js')).startProgram(program, rest);
}
