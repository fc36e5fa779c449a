import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { CLIENTS } from './clients.js';
import { clientsPage, type Tried } from './clients-page.js';
import { DEFAULT_CACHE, install } from './installed-clients.js';
import { playedSession } from './played-session.js';
import type { TriedClient } from './tried-client.js';

const PAGE = 'docs/clients.md';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      cache: { type: 'string' },
      latest: { type: 'boolean' },
      write: { type: 'boolean' },
    },
  });
  const tried: Tried[] = [];
  for (const client of CLIENTS.filter(({ id }) => !values.only || values.only.split(',').includes(id))) {
    tried.push(await tryClient(client, values.cache ?? DEFAULT_CACHE, values.latest ?? false));
  }
  if (values.write) await writeFile(PAGE, clientsPage(tried, new Date().toISOString().slice(0, 10)));
  return tried.every(({ played }) => Object.values(played).every(({ faults }) => faults.length === 0)) ? 0 : 1;
}

async function tryClient(client: TriedClient, cache: string, isLatest: boolean): Promise<Tried> {
  const installed = await install(client, cache, isLatest);
  const played = {
    anthropic: await playedSession(client, installed, 'anthropic'),
    drill: await playedSession(client, installed, 'drill'),
  };
  for (const [way, { faults, seconds }] of Object.entries(played)) {
    const word = faults.length === 0 ? 'works' : faults.join('\n    ');
    process.stdout.write(`${client.name} ${installed.version}, ${way}: ${word} (${seconds.toFixed(1)} s)\n`);
  }
  return { client, version: installed.version, played };
}

process.exit(await main());
