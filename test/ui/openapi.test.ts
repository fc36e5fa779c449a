import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi, adminTokenOf } from '../support/admin-api.js';
import { adminPathsOf } from '../support/admin-paths.js';
import { type Pool, startPool } from '../support/start-pool.js';
import { schemaFaults, strictSchemas } from '../support/strict-schemas.js';

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, { content?: Record<string, { schema: object }> }>>;
}

const ROOT = new URL('../../', import.meta.url);
/** With references that a validator of JSON Schemas resolves. */
const document = strictSchemas(
  readFileSync(new URL('docs/openapi.json', ROOT), 'utf8').replaceAll('#/components/schemas/', '#/$defs/'),
);
/** Answered to people who have signed in at the load balancer only. */
const REFUSED = ['POST /api/me/keys', 'DELETE /api/me/keys/{id}'];

/** In this order: later calls use what earlier ones have made. `ID` is the last id that an answer had. */
const CALLS: readonly (readonly [call: string, body?: unknown])[] = [
  ['POST /api/session', { token: 'TOKEN' }],
  ['DELETE /api/session'],
  ['POST /api/me/keys', { name: 'laptop' }],
  ['DELETE /api/me/keys/none'],
  ['GET /api/requests/REQUEST'],
  ['GET /api/analytics?range=1h&by_user=true'],
  ['GET /api/users?limit=1'],
  ['GET /v1/usage/me?claude-code-user=alice'],
  ['POST /api/accounts', { name: 'spare', key: 'sk-ant-gamma' }],
  ['GET /api/accounts'],
  ['PATCH /api/accounts/ID', { priority: 3 }],
  ['POST /api/accounts/ID/probe'],
  ['POST /api/decisions/explain', { model: 'claude-opus-5-5', user: 'alice', session: 's' }],
  ['DELETE /api/accounts/ID'],
  ['POST /api/keys', { name: 'laptop', user: 'alice', limits: { concurrency: 3 }, roles: ['viewer'] }],
  ['GET /api/keys'],
  ['PATCH /api/keys/ID', { models: ['claude-*'] }],
  ['POST /api/keys/ID/rotate', { overlap_seconds: 1 }],
  ['DELETE /api/keys/ID'],
  ['PUT /api/budgets/user:alice', { usd: { day: 10 }, tokens: { month: 1_000_000 } }],
  ['POST /api/budgets/user:alice/raise', { usd: 1, until: 4_000_000_000_000 }],
  ['GET /api/budgets'],
  ['GET /api/budgets/user:alice'],
  ['GET /api/budgets/statement'],
  ['DELETE /api/budgets/user:alice'],
  ['PUT /api/teams/core', { users: ['alice'] }],
  ['GET /api/teams'],
  ['DELETE /api/teams/core'],
  ['POST /api/drills', { user: 'bob', seconds: 60, share: 1 }],
  ['GET /api/drills'],
  ['DELETE /api/drills/ID'],
  ['GET /api/limits'],
  ['DELETE /api/limits/bob'],
  ['PUT /api/fallback', { is_on: true }],
  ['GET /api/fallback'],
  ['POST /api/masking/preview', { text: 'arn:aws:iam::123456789012:role/admin' }],
  ['GET /api/masking/rules'],
];
/** A stream. */
const ELSEWHERE = '/api/live';

let pool: Pool;
const admin = adminApi(() => pool.gateway);
beforeAll(async () => {
  pool = await startPool({ MASKING: 'aws', ANTHROPIC_API_KEYS: 'acme-1=sk-ant-acme-1,beta-1=sk-ant-beta-1' });
  await pool.turn('session-1', { user: 'alice' });
  await pool.turn('session-1', { user: '준호', isStream: true });
  await pool.turn('session-2', { user: 'bob', body: { max_tokens: -1 } });
  await admin.written();
}, 60_000);
afterAll(() => pool.close());

/** `GET /api/requests/{id}` for a path of it. */
function templateOf(method: string, path: string): string {
  const isOf = (template: string) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const found = Object.keys(document.paths).filter(
    (template) => isOf(template) && document.paths[template][method.toLowerCase()],
  );
  // A path without a parameter is the narrower one.
  return `${method} ${found.sort((a, b) => a.split('{').length - b.split('{').length)[0]}`;
}

/** Reads that need nothing but their path, such as those of new rooms. */
function plainReads(): string[] {
  const paths = Object.keys(document.paths).filter((path) => document.paths[path].get && !path.includes('{'));
  return paths.filter((path) => path !== ELSEWHERE).map((path) => `GET ${path}`);
}

function operationOf(name: string): Operation {
  const [method, template] = name.split(' ');
  return document.paths[template!][method!.toLowerCase()];
}

function faultsOf(name: string, status: number, text: string): string[] {
  const { responses } = operationOf(name);
  const described = responses[REFUSED.includes(name) ? 'default' : status];
  if (!described) return [`${name}: answered ${status} ${text.slice(0, 200)}`];
  const schema = described.content?.['application/json']?.schema;
  if (!schema) return [];
  const whole = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...schema,
    $defs: document.components.schemas,
  };
  return schemaFaults(whole, JSON.parse(text)).map((fault) => `${name}: ${fault}`);
}

describe('docs/openapi.json', () => {
  it('has every route of the admin API, and no other', () => {
    const idsOf = (paths: ReturnType<typeof adminPathsOf>) =>
      Object.entries(paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, { operationId }]) => `${method} ${path} ${operationId}`),
      );
    expect(idsOf(document.paths).toSorted()).toEqual(idsOf(adminPathsOf(pool.gateway.app)).toSorted());
  });

  it('describes every answer of the admin API, field by field', async () => {
    const faults: string[] = [];
    const request = (await admin.ask('/api/requests')).json.requests[0].id;
    let id = '';
    const calls: readonly (readonly [string, unknown?])[] = [...CALLS, ...plainReads().map((read) => [read] as const)];
    for (const [call, body] of calls) {
      const [method, path] = call
        .replace('REQUEST', request)
        .replace(/\bID\b/, id)
        .split(' ') as [string, string];
      const init = { method, headers: { origin: pool.gateway.url } };
      const sent = JSON.stringify(body)?.replace('TOKEN', adminTokenOf(pool.gateway));
      const { status, text, json } = await admin.ask(path, { ...init, ...(sent && { body: sent }) });
      const name = templateOf(method, path.split('?')[0]!);
      if (method === 'POST') id = json?.account?.id ?? json?.id ?? id;
      faults.push(...faultsOf(name, status, text));
    }
    expect(faults).toEqual([]);
  });

  it('is served to callers that may use the admin API only', async () => {
    const url = `${pool.gateway.url}/api/openapi.json`;
    const { status, json } = await admin.ask('/api/openapi.json');
    expect([status, json.openapi, json.paths['/api/openapi.json']]).toEqual([200, '3.1.0', expect.anything()]);
    expect((await fetch(url, { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(401);
  });
});

describe('GET /api/users', () => {
  it('finds, sorts and pages the users of `GET /v1/usage`', async () => {
    const all = (await admin.ask('/v1/usage')).json.users;
    const first = (await admin.ask('/api/users?sort=user&limit=1')).json;
    const second = (await admin.ask(`/api/users?limit=500&cursor=${first.next_cursor}`)).json;
    const paged = [...first.users, ...second.users].map(({ user, ...counts }) => [user, counts]);
    expect(paged).toEqual(Object.entries(all));
    expect(second.next_cursor).toBeNull();
    const found = (await admin.ask(`/api/users?q=${encodeURIComponent('준')}`)).json;
    expect(found.summary).toMatchObject({ total_users: 1, total_requests: 1 });
  });
});
