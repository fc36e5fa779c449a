/**
 * `npm run image`: builds the image for both architectures, starts it with nothing writable, plays the drill against it,
 * and holds 500 streams of 2 MB in 1 GB. Skipped where the tools are missing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CountedDynamo } from '../bench/dynamo.mjs';
import { makeBase } from './base-image.mjs';
import { buildForeign, buildOwn, missingTools, OTHER_ARCHITECTURE, OWN_ARCHITECTURE, ROOT } from './buildah.mjs';
import { holdStreams } from './hold-streams.mjs';

const CONTAINER = join(ROOT, 'test/image/container.mjs');
const DRILL = join(ROOT, 'dist/test/drills/main.js');

const missing = missingTools();
if (missing.length > 0) print(`Skipped: no image is built without ${missing.join(', ')}.`);
else await prove(buildAll());

/** Returns the image for this machine. */
function buildAll() {
  const own = buildOwn(makeBase(OWN_ARCHITECTURE));
  print(`✅ ${own}`);
  print(`✅ ${buildForeign(OTHER_ARCHITECTURE, makeBase(OTHER_ARCHITECTURE), own)}`);
  return own;
}

async function prove(image) {
  const dynamo = await CountedDynamo.start();
  if (!dynamo) throw new Error('the DynamoDB engine is not installed');
  try {
    await drill(image, dynamo.env);
    print(await streams(image, dynamo.env));
  } finally {
    dynamo.stop();
  }
}

/** Another process plays it: the calls to the engine pass through this one, which must not wait. */
async function drill(image, environment) {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const gateway = ['env', ...variables, process.execPath, CONTAINER, image].map((word) => `'${word}'`).join(' ');
  const played = spawn(process.execPath, [DRILL, '--gateway', gateway], { stdio: 'inherit' });
  const [code] = await once(played, 'exit');
  if (code !== 0) throw new Error(`the drill against ${image} ended with exit code ${code}`);
}

async function streams(image, environment) {
  const { status, burst, peakMb, last, exitCode } = await holdStreams(image, environment);
  print(`✅ ccp status in the container: ${status.split('\n')[0]}`);
  const line = `500 streams of 2 MB in 1 GB: ${burst.whole} whole, ${burst.refused} refused, ${burst.cut} cut, peak ${peakMb} MB; SIGTERM with 60 open streams: ${last.whole} whole, exit code ${exitCode}`;
  const holds = burst.cut === 0 && burst.whole > 0 && last.whole === 60 && exitCode === 0;
  if (!holds) throw new Error(line);
  return `✅ ${line}`;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
