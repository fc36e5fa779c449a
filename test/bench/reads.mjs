/** The longest turn of the event loop while figures of a company are read from the embedded store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCompany } from '../support/many-users.ts';
import { watchTurns } from '../support/watched-turns.ts';

const PATHS = ['/v1/usage?days=30', '/api/analytics?range=30d', '/api/analytics?range=30d&by_user=true'];
const dist = (path) => import(new URL(`../../dist/${path}.js`, import.meta.url).href);

/** Each path is read in two fresh gateways; the second has its code compiled. @returns `{ path, turns, longestMs }` */
export async function readsOf(company) {
  await readAll(company);
  return readAll(company);
}

async function readAll(company) {
  const directory = await mkdtemp(join(tmpdir(), 'bench-reads-'));
  const { createGateway } = await dist('apps/proxy/src/gateway');
  const { TableStore } = await dist('libs/storage/src/index');
  const app = await createGateway({ LOG_LEVEL: 'silent', DATA_DIR: directory, FALLBACK_CHAIN: 'anthropic' });
  try {
    await app.listen(0, '127.0.0.1');
    await writeCompany(app.get(TableStore), company);
    const { port } = app.getHttpServer().address();
    const reads = [];
    for (const path of PATHS) {
      const { turns, longestMs } = await watchTurns(async () =>
        (await fetch(`http://127.0.0.1:${port}${path}`)).text(),
      );
      reads.push({ path, turns, longestMs });
    }
    return reads;
  } finally {
    await app.close();
    await rm(directory, { recursive: true, force: true });
  }
}
