import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type AnthropicSimulator,
  answer,
  overloaded,
  rateLimited,
  refuse,
  startAnthropicSimulator,
} from '@claude-proxy/simulator';
import { describeUpstream, type UpstreamStage } from '@claude-proxy/upstream/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../apps/proxy/src/config/secret.js';
import { BuiltGateway } from '../support/built-gateway.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { simulatedService } from '../support/simulated-service.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = join(ROOT, 'docs/extending.md');

/** Like a reader: the first TypeScript block of the page, in a directory of its own. */
async function writeSample(fileName: string, parent = tmpdir()): Promise<string> {
  const [, sample] = /^```ts\n(.*?)^```/ms.exec(await readFile(PAGE, 'utf8'))!;
  const directory = await mkdtemp(join(parent, 'acme-'));
  await writeFile(join(directory, fileName), sample!);
  return directory;
}

async function openStage(): Promise<UpstreamStage> {
  const simulator = await startAnthropicSimulator();
  // Without the gateway around it, Nest is found from here only.
  const directory = await writeSample('upstream.ts', import.meta.dirname);
  const { AcmeUpstream } = await import(join(directory, 'upstream.ts'));
  return {
    provider: new AcmeUpstream({ url: new URL(simulator.url), key: new Secret('sk-acme') }),
    model: 'claude-opus-5-5',
    ...simulatedService(simulator, { limited: rateLimited(), invalid: (message) => refuse(400, { message }) }),
    close: async () => {
      await simulator.close();
      await rm(directory, { recursive: true });
    },
  };
}

describeUpstream('documented', openStage);

describe('the upstream of docs/extending.md, in a directory of its own', () => {
  let directory: string;
  let acme: AnthropicSimulator;
  let gateway: BuiltGateway;
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/build-types.mjs')]);
    acme = await startAnthropicSimulator();
    directory = await writeSample('upstream.mts');
    gateway = await BuiltGateway.started({
      UPSTREAM_MODULES: join(directory, 'upstream.mts'),
      FALLBACK_CHAIN: 'acme',
      ACME_URL: acme.url,
      ACME_KEY: 'sk-acme',
    });
  }, 180_000);
  afterAll(async () => {
    await gateway?.stop();
    await acme.close();
    await rm(directory, { recursive: true });
  });

  it('loads with its documented imports, and answers with its own key', async () => {
    acme.setDefault(answer());
    const answered = await postJson(`${gateway.url}/v1/messages`, MESSAGE);
    expect(answered.status).toBe(200);
    expect(answered.headers.get('x-claude-proxy-upstream')).toBe('acme');
    expect((await acme.requestAt(0)).headers['x-api-key']).toBe('sk-acme');
  });

  it('fails with an error of the contract', async () => {
    acme.setDefault(overloaded());
    expect((await postJson(`${gateway.url}/v1/messages`, MESSAGE)).status).toBe(529);
    await gateway.hasLogged('"failure":"overloaded","reason":"acme says 529"');
  });

  it.each([[['es2024']], [['es2024', 'dom']]])('is accepted by a strict compiler with lib %j', async (lib) => {
    await mkdir(join(directory, 'node_modules'), { recursive: true });
    await symlink(ROOT, join(directory, 'node_modules/claude-code-proxy')).catch(() => {});
    await symlink(join(ROOT, 'node_modules/@nestjs'), join(directory, 'node_modules/@nestjs')).catch(() => {});
    const compilerOptions = {
      lib,
      module: 'nodenext',
      noEmit: true,
      strict: true,
      erasableSyntaxOnly: true,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['upstream.mts'] }));
    expect(await complaintsIn(directory)).toBe('');
  });
});

async function complaintsIn(directory: string): Promise<string> {
  const compiler = join(ROOT, 'node_modules/typescript7/bin/tsc');
  const compiled = promisify(execFile)(process.execPath, [compiler, '-p', directory]);
  return compiled.then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );
}
