import { gunzipSync } from 'node:zlib';
import type { Analytics, UsageOfAll } from '@claude-proxy/admin-api';
import { TableStore } from '@claude-proxy/storage';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PERIOD_SHARDS, usageTable } from '../../apps/proxy/src/usage/usage.table.js';
import { writeCompany } from '../support/many-users.js';
import { rawRequest } from '../support/raw-request.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { watchTurns } from '../support/watched-turns.js';

const COMPANY = { users: 500, days: 30 };
const MODELS = 3;
/** A page has 100 items and takes one turn of the event loop. `npm run bench -- --only reads` measures the duration. */
const ITEMS_PER_TURN = 100;

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ FALLBACK_CHAIN: 'anthropic' });
  await writeCompany(gateway.app.get(TableStore), COMPANY);
}, 120_000);
afterAll(() => gateway.close());

async function watched<Answer>(path: string) {
  const { result, turns, longestMs } = await watchTurns(async () => (await fetch(gateway.url + path)).json());
  process.stdout.write(`${path}: ${turns} turns of the event loop, the longest of ${longestMs.toFixed(1)} ms\n`);
  return { json: result as Answer, turns };
}

describe('with 500 users and 30 days on the embedded store', () => {
  it('usage of all users is exact, and each turn of the event loop reads at most one page', async () => {
    const { json, turns } = await watched<UsageOfAll>('/v1/usage?days=30');
    const requests = COMPANY.users * COMPANY.days * MODELS;
    expect(json.summary).toMatchObject({ total_users: COMPANY.users, total_requests: requests });
    expect(Object.keys(json.by_model)).toHaveLength(MODELS);
    expect(turns).toBeGreaterThan((COMPANY.users * COMPANY.days) / ITEMS_PER_TURN);
  });

  it('sums of past days are cached: a second request does not read them again', async () => {
    const reads = jest.spyOn(gateway.app.get(TableStore).table(usageTable('claude-proxy-usage')), 'query');
    const { json } = await watched<UsageOfAll>('/v1/usage?days=30');
    expect(json.summary.total_requests).toBe(COMPANY.users * COMPANY.days * MODELS);
    // Two pages per shard of today, and of yesterday until its end is certain.
    expect(reads.mock.calls.length).toBeLessThanOrEqual(2 * 2 * PERIOD_SHARDS);
    reads.mockRestore();
  });

  it('figures of the range are read without users, or with them on request', async () => {
    const without = await watched<Analytics>('/api/analytics?range=30d');
    expect(without.json).not.toHaveProperty('by_user');
    expect(without.turns).toBeGreaterThan(COMPANY.days - 1);
    const asked = await watched<Analytics>('/api/analytics?range=30d&by_user=true');
    expect(Object.keys(asked.json.by_user!)).toHaveLength(COMPANY.users);
    expect(asked.json.by_user!.user7!.requests).toBe(COMPANY.days * MODELS);
    expect(asked.turns).toBeGreaterThan((COMPANY.users * COMPANY.days) / ITEMS_PER_TURN);
  });
});

describe('an answer of the admin API', () => {
  const get = (path: string, acceptEncoding?: string) =>
    rawRequest(gateway.port, { path, headers: acceptEncoding ? ['accept-encoding', acceptEncoding] : [] });

  it.each(['/v1/usage?days=2', '/api/analytics?range=24h', '/api/analytics?range=7d&by_user=true'])(
    'is compressed if the client accepts gzip, and has the same text (%s)',
    async (path) => {
      const [plain, zipped] = [await get(path), await get(path, 'br, gzip')];
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: expect.stringContaining('accept-enc') });
      expect(zipped.body.length).toBeLessThan(plain.body.length / 3);
      const shape = (text: string) => Object.keys(JSON.parse(text));
      expect(shape(gunzipSync(zipped.body).toString())).toEqual(shape(plain.body.toString()));
    },
  );

  it('is not compressed if gzip has a weight of 0, or if it is small', async () => {
    expect((await get('/v1/usage?days=2', 'gzip;q=0')).headers['content-encoding']).toBeUndefined();
    expect((await get('/api/limits', 'gzip')).headers['content-encoding']).toBeUndefined();
    expect((await get('/health', 'gzip')).headers['content-encoding']).toBeUndefined();
  });
});
