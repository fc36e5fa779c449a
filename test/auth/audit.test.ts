import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AuditEntry, AuditPage, Drill } from '@claude-proxy/admin-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';

const TOKEN = 'admin-token-of-the-audit-test';
const TOKEN_ACTOR = { kind: 'admin_token', name: hash('sha256', TOKEN).slice(0, 12) };
const ORDER = { user: 'alice', seconds: 5, share: 0.5 };

let gateway: BuiltGateway;
let dataDirectory: string;

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'claude-proxy-audit-'));
  gateway = await BuiltGateway.started({ ADMIN_TOKEN: TOKEN, DATA_DIR: dataDirectory });
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await rm(dataDirectory, { recursive: true, force: true });
});

const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}${path}`, {
    method,
    headers: { ...(headers.cookie === undefined && { 'x-admin-token': TOKEN }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const page = async (query = '') => (await (await ask('GET', `/api/audit${query}`)).json()) as AuditPage;
const auditLines = () => gateway.lines.filter(({ room }) => room === 'Audit').map(({ msg }) => msg);
/** Acts are written in parallel with their answer. */
const newest = async (act: string): Promise<AuditEntry> => {
  for (;;) {
    const [entry] = (await page('?limit=1')).entries;
    if (entry?.act === act) return entry;
  }
};

describe('an act of an operator', () => {
  it('is in the log and in the audit list, with actor, address and target', async () => {
    const drill = (await (await ask('POST', '/api/drills', ORDER)).json()) as Drill;
    const started = await newest('drill.started');
    expect(started).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}$/),
      at: expect.any(Number),
      act: 'drill.started',
      actor: TOKEN_ACTOR,
      address: '127.0.0.1',
      target: 'alice',
      details: { id: drill.id, seconds: 5, share: 0.5 },
    });
    await ask('DELETE', `/api/drills/${drill.id}`);
    expect(await newest('drill.ended')).toMatchObject({ target: 'alice', details: { id: drill.id } });
    await ask('DELETE', '/api/limits/bob');
    expect(await newest('limit.cleared')).toMatchObject({ target: 'bob', actor: TOKEN_ACTOR });
    const who = `by admin_token ${TOKEN_ACTOR.name} from 127.0.0.1`;
    expect(auditLines()).toEqual([
      `drill.started alice id=${drill.id} seconds=5 share=0.5 ${who}`,
      `drill.ended alice id=${drill.id} ${who}`,
      `limit.cleared bob ${who}`,
    ]);
  });

  it('names the session if a session authorized it', async () => {
    const { headers } = await ask('POST', '/api/session', { token: TOKEN });
    const cookie = headers.get('set-cookie')!.split(';')[0]!;
    await ask('DELETE', '/api/limits/by-session', undefined, { cookie });
    const entry = await newest('limit.cleared').then(async (latest) =>
      latest.target === 'by-session' ? latest : (await page()).entries.find(({ target }) => target === 'by-session'),
    );
    expect(entry).toMatchObject({ actor: { kind: 'session', name: TOKEN_ACTOR.name } });
  });

  it('is not recorded if the token was wrong', async () => {
    expect((await ask('DELETE', '/api/limits/carol', undefined, { 'x-admin-token': 'wrong' })).status).toBe(401);
    await gateway.hasLogged('token.refused');
    expect(auditLines()).toContain('token.refused all by unknown from 127.0.0.1');
    expect(auditLines()).not.toContainEqual(expect.stringContaining('carol'));
  });
});

describe('GET /api/audit', () => {
  it('returns pages, newest first, each entry once', async () => {
    for (const name of ['a', 'b', 'c']) await ask('DELETE', `/api/limits/paged-${name}`);
    await gateway.hasLogged('paged-c');
    const seen: AuditEntry[] = [];
    let cursor: string | null = null;
    do {
      const { entries, next_cursor }: AuditPage = await page(
        `?limit=2${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...entries);
      cursor = next_cursor;
    } while (cursor !== null);
    expect(seen.map(({ at }) => at)).toEqual(seen.map(({ at }) => at).sort((a, b) => b - a));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen).toEqual((await page()).entries);
  });

  it.each([
    ['limit=0', 'limit is \\"0\\"; allowed: a whole number from 1 to 500'],
    ['cursor=x', 'cursor is \\"x\\"; allowed: the next_cursor of a page'],
  ])('refuses %s', async (query, message) => {
    const response = await ask('GET', `/api/audit?${query}`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(message)]);
  });

  it('is closed without the admin token', async () => {
    expect((await fetch(`${gateway.url}/api/audit`)).status).toBe(401);
  });
});

describe('without its table', () => {
  it('an act succeeds, is in the log, and the log warns', async () => {
    const database = new DatabaseSync(join(dataDirectory, 'claude-proxy.db'));
    database.exec('DROP TABLE "claude-proxy-access"');
    database.close();
    expect((await ask('DELETE', '/api/limits/dora')).status).toBe(204);
    await gateway.hasLogged('limit.cleared could not be added to the audit list');
    expect(auditLines()).toContainEqual(expect.stringContaining('limit.cleared dora'));
  });
});
