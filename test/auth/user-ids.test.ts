import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EndedExchanges } from '../support/ended-exchanges.js';
import { MESSAGE } from '../support/post-json.js';
import { rawRequest } from '../support/raw-request.js';
import { type Pair, startPair } from '../support/start-pair.js';

let pair: Pair;
let seen: EndedExchanges;

beforeAll(async () => {
  pair = await startPair();
  seen = new EndedExchanges(pair.gateway);
});
beforeEach(() => {
  pair.anthropic.reset();
  seen.clear();
});
afterAll(() => pair.close());

const HEADERS = ['x-api-key', 'sk-ant-api03-caller', 'anthropic-version', '2023-06-01'];
const postAs = (segment: string, port = pair.gateway.port) =>
  rawRequest(port, {
    method: 'POST',
    path: `/user/${segment}/v1/messages`,
    headers: HEADERS,
    body: JSON.stringify(MESSAGE),
  });

const LONGEST = '𝒜'.repeat(128);

describe('a user id', () => {
  it.each([
    ['plain', 'alice', 'alice'],
    ['every mark that is allowed', 'a.b_c+d-e@example.com', 'a.b_c+d-e@example.com'],
    ['Korean, percent-encoded', encodeURIComponent('김철수'), '김철수'],
    ['Hindi with combining marks', encodeURIComponent('हिन्दी'), 'हिन्दी'],
    ['Arabic digits', encodeURIComponent('عمر٣'), 'عمر٣'],
    ['decomposed, normalized to composed', encodeURIComponent('zoe\u0308'), 'zo\u00eb'],
    ['Hangul jamo, normalized to syllables', encodeURIComponent('\u1100\u1161'), '가'],
    ['an encoded at sign', 'alice%40example.com', 'alice@example.com'],
    ['an encoded plus sign', 'a%2Bb', 'a+b'],
    ['a plus sign, which is not a blank', 'a+b', 'a+b'],
    ['128 letters of four bytes each', encodeURIComponent(LONGEST), LONGEST],
    ['the same in lower-case escapes', encodeURIComponent(LONGEST).toLowerCase(), LONGEST],
    ['needless escapes', '%61%6c%69%63%65', 'alice'],
  ])('is accepted: %s', async (_name, segment, user) => {
    expect((await postAs(segment)).status).toBe(200);
    expect(seen.all.map((exchange) => exchange.user)).toEqual([user]);
  });

  it.each([
    ['a blank', 'a%20b'],
    ['an encoded slash', 'a%2Fb'],
    ['an encoded hash', 'a%23b'],
    ['an encoded question mark', 'a%3Fb'],
    ['an encoded percent sign, which is decoded only once', 'a%2541'],
    ['a dot segment', '%2e%2e'],
    ['a plain dot segment', '..'],
    ['a NUL', 'a%00'],
    ['a line break', 'a%0Ab'],
    ['an emoji', encodeURIComponent('😀')],
    ['a bidirectional override', encodeURIComponent('a\u202eb')],
    ['a colon', 'a:b'],
    ['129 letters', 'x'.repeat(129)],
    ['129 letters of four bytes', encodeURIComponent('𝒜'.repeat(129))],
    ['5000 letters', 'x'.repeat(5_000)],
  ])('is refused with 400: %s', async (_name, segment) => {
    const { status, body } = await postAs(segment);
    expect([status, body.toString()]).toEqual([400, expect.stringContaining('The user id must be')]);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('must not be empty', async () => {
    expect((await postAs('')).status).toBe(404);
    expect(pair.anthropic.requests).toHaveLength(0);
  });

  it('is "default" if the path names no user', async () => {
    await rawRequest(pair.gateway.port, {
      method: 'POST',
      path: '/v1/messages',
      headers: HEADERS,
      body: JSON.stringify(MESSAGE),
    });
    expect(seen.all.map((exchange) => exchange.user)).toEqual(['default']);
  });
});

describe('in the store', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'claude-proxy-users-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('a refused user id leaves nothing, an accepted one its usage', async () => {
    const stored = await startPair({ DATA_DIR: directory });
    for (const segment of ['a%2Fb', '%2e%2e', 'x'.repeat(129)]) await postAs(segment, stored.gateway.port);
    await postAs(encodeURIComponent('zoe\u0308'), stored.gateway.port);
    await stored.close();
    const rows = await storedRows(directory);
    expect(rows.filter((row) => row.includes('zo\u00eb#'))).not.toEqual([]);
    expect(rows.filter((row) => /a\/b|"\.\."|x{129}|zoe\u0308/.test(row))).toEqual([]);
    const lines = rows.filter((row) => row.includes('exc_'));
    expect(lines).toHaveLength(1);
  });
});

/** Every row of the embedded store, as text. */
async function storedRows(directory: string): Promise<string[]> {
  const files = (await readdir(directory)).filter((name) => /\.(db|sqlite)$/.test(name));
  return files.flatMap((name) => {
    const database = new DatabaseSync(join(directory, name), { readOnly: true });
    try {
      const tables = database.prepare("select name from sqlite_master where type = 'table'").all();
      return tables.flatMap((table) =>
        database
          .prepare(`select * from "${String(table.name)}"`)
          .all()
          .map((row) => JSON.stringify(Object.values(row).map(String))),
      );
    } finally {
      database.close();
    }
  });
}
