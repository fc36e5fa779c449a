import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstalledClaude } from './installed-claude.js';
import { PlayedGateway } from './played-gateway.js';
import { orderOf } from './played-model.js';

const ADMIN_TOKEN = 'admin-token-of-the-masking-play';
const ROLE = 'arn:aws:iam::204813579264:role/ci-deployer';
const CONTENT = `role = "${ROLE}"\nvpc = "vpc-0a1b2c3d4e5f60718"\nkey = "AKIAQ3EGRMB5T2YKL7XA"\n`;
/** Parts of the identifiers that may be nowhere but at the client. */
const CANARIES = ['204813579264', 'ci-deployer', '0a1b2c3d4e5f60718', 'Q3EGRMB5T2YKL7XA'];
const FILE = 'masked.tf';

const WAYS: readonly { readonly title: string; readonly environment: Readonly<Record<string, string>> }[] = [
  { title: 'Anthropic answers', environment: {} },
  { title: 'forced drill', environment: { FORCE_RATE_LIMIT: 'true' } },
];

/**
 * Claude Code with masking on: it writes a file with identifiers, reads it, and names them. Returns what went wrong, one line
 * each: a file or an answer without the originals, an original anywhere else.
 */
export async function playMasking(claude: InstalledClaude): Promise<string[]> {
  const faults: string[] = [];
  for (const { title, environment } of WAYS) {
    const gateway = await PlayedGateway.start({ MASKING: 'aws', ADMIN_TOKEN, ...environment });
    try {
      const found = [...(await faultsOfSession(claude, gateway)), ...(await leaksOf(gateway))];
      faults.push(...found.map((fault) => `${title}: ${fault}`));
    } finally {
      await gateway.stop();
    }
  }
  return faults;
}

async function faultsOfSession(claude: InstalledClaude, { url }: PlayedGateway): Promise<string[]> {
  const path = join(claude.home, FILE);
  const calls = [
    { name: 'Write', input: { file_path: path, content: CONTENT } },
    { name: 'Bash', input: { command: `cat ${path}`, description: 'read it' } },
  ];
  const order = orderOf({ calls, text: `Wrote ${ROLE}.` });
  const { events } = await claude.run(`${url}/user/alice`, order, ['--dangerously-skip-permissions']);
  const written = await readFile(path, 'utf8').catch(() => '');
  await rm(path, { force: true });
  const said = events.find(({ type }) => type === 'result')?.result ?? '';
  return [
    ...(written === CONTENT ? [] : [`the file holds ${JSON.stringify(written)}`]),
    ...(said.includes(ROLE) ? [] : [`the answer is ${JSON.stringify(said)}`]),
  ];
}

async function leaksOf(gateway: PlayedGateway): Promise<string[]> {
  const metrics = await fetch(`${gateway.url}/metrics`, { headers: { 'x-admin-token': ADMIN_TOKEN } });
  // A request is stored within a second after its end.
  await gateway.hasLogged('exchanges written');
  const places = {
    'requests to upstreams': gateway.sent,
    log: gateway.log,
    store: await gateway.stored(),
    metrics: await metrics.text(),
  };
  return Object.entries(places).flatMap(([place, text]) => {
    if (!text.includes('alice') && !text.includes('claude')) return [`nothing is in the ${place}`];
    return CANARIES.filter((canary) => text.includes(canary)).map((canary) => `${canary} is in the ${place}`);
  });
}
