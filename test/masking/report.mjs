/** `npm run masking:report`: plays every form through a gateway with masking, and writes what came of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORMS } from '../../dist/libs/masking/src/index.js';
import { answer, overloaded, startAnthropicSimulator } from '../../dist/libs/simulator/src/index.js';
import { reportChain } from './report-chain.mjs';
import { reportCuts } from './report-cuts.mjs';
import { hasNginx, startNginx } from './report-nginx.mjs';

const ROUNDS = 100;
const MAX_ADDED_MS = 100;
const MAX_ERROR_RATE = 0.01;
const HEADERS = {
  'x-api-key': 'sk-ant-api03-report',
  'content-type': 'application/json',
  'anthropic-version': '2023-06-01',
};

const say = (text) => process.stdout.write(`${text}\n`);
const bodyOf = (content) =>
  JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 64, messages: [{ role: 'user', content }] });

const anthropic = await startAnthropicSimulator();
const directory = await mkdtemp(join(tmpdir(), 'masking-report-'));
const processes = [];
try {
  const masked = await start('aws,ips');
  const plain = await start('off');
  say('# Masking report\n');
  const entrances = await entrancesOf(masked);
  const brokenWays = await reportChain({ say, anthropic, entrances, bodyOf, headers: HEADERS });
  const entrance = entrances.nginx ?? masked;
  const failures = await forms(entrance);
  const differing = reportCuts(say);
  await faults(entrance);
  const isGood = await figures(entrance, plain);
  if (brokenWays + failures + differing > 0 || !isGood) process.exitCode = 1;
} finally {
  for (const child of processes) child.kill();
  await anthropic.close();
  await rm(directory, { recursive: true, force: true });
}

/** What clients are given as a base URL, without its `/v1`. */
async function entrancesOf(gateway) {
  if (!hasNginx()) {
    say('nginx is not installed, so the chain is played without it (apt-get install nginx).\n');
    return { gateway };
  }
  const port = await freePort();
  processes.push(await startNginx({ directory, port, gatewayPort: new URL(gateway).port }));
  const nginx = `http://127.0.0.1:${port}`;
  await isUp(nginx);
  return { gateway, nginx };
}

async function start(masking) {
  const port = await freePort();
  const environment = {
    ...process.env,
    ...{ PORT: String(port), HOST: '127.0.0.1', ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'anthropic' },
    ...{ MASKING: masking, DATA_DIR: join(directory, masking.replace(',', '-')), LOG_LEVEL: 'silent' },
  };
  processes.push(spawn(process.execPath, ['bin/start.js'], { env: environment, stdio: 'ignore' }));
  const url = `http://127.0.0.1:${port}`;
  await isUp(url);
  return url;
}

async function isUp(url) {
  for (let tries = 0; tries < 200; tries += 1) {
    const isAnswered = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isAnswered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers at ${url}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function post(url, content, path = '/v1/messages') {
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: HEADERS, body: bodyOf(content) });
  return { status: response.status, text: await response.text() };
}

async function forms(url) {
  say('\n## Forms\n');
  let failed = 0;
  for (const { number, name, examples } of FORMS) {
    const faultsOf = [];
    for (const example of examples) {
      anthropic.reset();
      await post(url, example);
      const said = (await anthropic.requestAt(0)).json.messages[0].content;
      if (said === example) faultsOf.push(`not masked: ${example}`);
      anthropic.script(answer({ text: said }));
      const restored = JSON.parse((await post(url, example)).text).content?.[0].text;
      if (restored !== example) faultsOf.push(`not restored: ${example}`);
    }
    if (faultsOf.length > 0) failed += 1;
    say(`- ${number} ${name}: ${faultsOf.length === 0 ? 'ok' : faultsOf.join('; ')}`);
  }
  say(`\n${FORMS.length - failed} of ${FORMS.length} forms are masked and restored.`);
  return failed;
}

async function faults(url) {
  say('\n## Faults\n');
  anthropic.reset();
  anthropic.script(overloaded());
  say(`- upstream overloaded: ${(await post(url, 'hello')).status}`);
  const headers = { ...HEADERS, 'content-encoding': 'snappy' };
  const refused = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body: 'x' });
  say(`- unknown content coding: ${refused.status}`);
  const broken = await fetch(`${url}/v1/messages`, { method: 'POST', headers: HEADERS, body: '{"messages":[' });
  say(`- broken JSON: ${broken.status}`);
}

async function figures(masked, plain) {
  say('\n## Figures\n');
  anthropic.reset();
  const text = FORMS.flatMap(({ examples }) => examples).join('\n');
  const [own, other] = [await timesOf(masked, text), await timesOf(plain, text)];
  const addedMs = own.p50 - other.p50;
  say(`- added latency, p50 of ${ROUNDS} requests with all forms: ${addedMs.toFixed(1)} ms (at most ${MAX_ADDED_MS})`);
  say(`- errors: ${(own.errorRate * 100).toFixed(1)} % (under ${MAX_ERROR_RATE * 100} %)`);
  return addedMs < MAX_ADDED_MS && own.errorRate < MAX_ERROR_RATE;
}

async function timesOf(url, text) {
  const times = [];
  let errors = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedMs = performance.now();
    const { status } = await post(url, `${round} ${text}`);
    times.push(performance.now() - startedMs);
    if (status !== 200) errors += 1;
  }
  times.sort((one, another) => one - another);
  return { p50: times[Math.floor(ROUNDS / 2)], errorRate: errors / ROUNDS };
}
