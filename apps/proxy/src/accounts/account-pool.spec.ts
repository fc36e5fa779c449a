import { ClaudeModels } from '@claude-proxy/claude-models';
import {
  type AccountNews,
  type AccountVerdict,
  bodyOfBytes,
  type CredentialDemand,
  type CredentialWalk,
  readBody,
  UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { apiKeyCredential } from '../auth/credential.reader.js';
import { CredentialStates } from '../exchange/credential-states.js';
import { Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { OperatorCredentials } from '../exchange/operator-credentials.js';
import { OperatorEvents } from '../exchange/operator-events.js';
import { type Account, accountIdOf } from './account.js';
import { AccountPool } from './account-pool.js';
import type { AccountsConfig } from './accounts.config.js';

const MODEL = 'claude-opus-5-5';
const GROUP = 'opus-5-5';
const CONFIG = {
  sessionTimeoutSeconds: 18_000,
  policy: 'balanced',
  waitSavesUsd: 0.05,
  maxHops: 3,
} as AccountsConfig;
const COOLING: AccountVerdict = { fault: 'cooling', reach: 'organization', isOfGroup: true, reason: 'retry-after' };

let nowMs = 0;
const advance = (ms: number) => {
  nowMs += ms;
};

class ClockedPool extends AccountPool {
  override nowMs(): number {
    return nowMs;
  }
}

/** `organization/workspace/key` of each account. */
function poolOf(places: readonly string[], more: Partial<Account> = {}) {
  const feed = new ExchangeFeed();
  const pool = new ClockedPool(
    new ClaudeModels(),
    new OperatorCredentials(),
    feed,
    new CredentialStates(),
    new OperatorEvents(),
    CONFIG,
  );
  pool.onModuleInit();
  const accounts = places.map((place): Account => {
    const credential = apiKeyCredential(place);
    return {
      ...{ id: accountIdOf(credential.digest), name: place, credential, priority: 100, weight: 1, models: [] },
      ...{ operatorState: 'active', origin: 'environment' },
      ...more,
    };
  });
  pool.start(accounts, 'secret');
  const learn = (name: string, news: Partial<AccountNews> = {}) => {
    const [organization, workspace] = name.split('/');
    pool.learn(accounts.find((account) => account.name === name)!.credential, {
      ...{ organization: organization!, workspace: workspace!, group: GROUP, model: MODEL, windows: [] },
      ...news,
    });
  };
  for (const place of places) learn(place);
  return { pool, feed, accounts, learn };
}

type Made = ReturnType<typeof poolOf>;

function demandOf(session: string, more: Partial<CredentialDemand> = {}, body = 'x'.repeat(400)): CredentialDemand {
  const request: UpstreamRequest = {
    ...{ operation: 'messages', path: '/v1/messages', headers: [], body: Buffer.from(body), model: MODEL },
    ...{ isStream: false, user: 'alice', json: () => ({}) },
  };
  return { request, group: GROUP, session, patienceSeconds: 10, hasFallback: false, ...more };
}

const walkOf = ({ pool }: Made, session: string, more: Partial<CredentialDemand> = {}, body?: string) =>
  pool.walk(demandOf(session, more, body))!;

/** The name of the account that is asked next; waits as the router does. */
function nextOf({ pool }: Made, walk: CredentialWalk): string | undefined {
  for (let step = walk.next(); step; step = walk.next()) {
    if (step.act === 'ask') return pool.nameOf(step.credential);
    advance(step.seconds * 1_000 + 1);
  }
  return undefined;
}

/** One answered turn, after which the workspace holds so many tokens. */
function turn(made: Made, session: string, tokens = 150_000, body?: string): string {
  const walk = walkOf(made, session, {}, body);
  const account = nextOf(made, walk)!;
  walk.answered();
  const exchange = new Exchange('alice', 'messages', '/v1/messages');
  exchange.asksFor(MODEL, false);
  exchange.accountDecided(walk.decide());
  Object.assign(exchange, { usage: { cache_read_input_tokens: tokens } });
  made.feed.begin();
  made.feed.finish(exchange);
  made.feed.notifyOfEnded();
  return account;
}

function refuse(made: Made, walk: CredentialWalk, account: string, verdict: AccountVerdict): void {
  made.learn(account, { verdict });
  const answer = { status: 429, headers: ['retry-after', '99'], body: bodyOfBytes(account) };
  const { reason: message, seconds: retryAfterSeconds } = verdict;
  walk.failed(
    new UpstreamError({
      ...{ failure: 'rate_limited', message, account: verdict, answer },
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    }),
  );
}

const organizationOf = (account: string | undefined) => account?.split('/')[0];

beforeEach(() => {
  nowMs = Date.parse('2026-11-26T12:00:00Z');
});

describe('the pool of accounts', () => {
  it('P2: keeps a session on its workspace for as long as its cache lives, with either key of the workspace', () => {
    const made = poolOf(['acme/w1/a', 'acme/w1/b', 'beta/w2/c', 'gamma/w3/d']);
    const session = Array.from({ length: 50 }, (_, index) => `s${index}`).find(
      (each) => organizationOf(turn(made, each)) === 'acme',
    )!;
    const first = turn(made, session);
    made.learn(first, { verdict: { fault: 'refused', reach: 'key', isOfGroup: false, reason: '401' } });
    expect(turn(made, session)).toMatch(/^acme\/w1\//);
    advance(4 * 60_000);
    expect(turn(made, session)).toMatch(/^acme\/w1\//);
    made.pool.closures.clear(made.pool.list.ownersOf(made.accounts[0]!));
    expect(turn(made, session)).toMatch(/^acme\/w1\//);
  });

  it('P2: places the later turns of a session alike in every process and after every restart', () => {
    const places = ['acme/w1/a', 'acme/w1/b', 'beta/w2/c', 'gamma/w3/d'];
    const [one, other] = [poolOf(places), poolOf(places.toReversed())];
    const later = '{"messages":[{"role":"user"},{"role":"assistant"}]}';
    for (let index = 0; index < 100; index += 1) {
      expect(turn(other, `s${index}`, 1, later)).toBe(turn(one, `s${index}`, 1, later));
    }
  });

  it.each([
    [40, ['acme/w1/a', 'acme/w1/b', 'beta/w2/c', 'beta/w3/d', 'gamma/w4/e'], 3],
    [100, ['a/w1/a', 'b/w2/b', 'c/w3/c', 'd/w4/d', 'e/w5/e'], 5],
    [7, ['a/w1/a', 'b/w2/b'], 2],
  ])('P3: of %d new sessions the busiest organization gets at most its share and 20 percent', (count, places, k) => {
    const made = poolOf(places);
    const counts = new Map<string, number>();
    for (let index = 0; index < count; index += 1) {
      const organization = organizationOf(turn(made, `session ${index}`))!;
      counts.set(organization, (counts.get(organization) ?? 0) + 1);
    }
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(Math.ceil(count / k) * 1.2);
  });

  it('P6: asks each organization once, at most three others, and ends with the first refusal and the soonest time', async () => {
    const made = poolOf(['a/w1/a', 'b/w2/b', 'b/w3/b2', 'c/w4/c', 'd/w5/d', 'e/w6/e']);
    const walk = walkOf(made, 's');
    const asked: string[] = [];
    for (let account = nextOf(made, walk); account; account = nextOf(made, walk)) {
      refuse(made, walk, account, { ...COOLING, seconds: 100 - 10 * asked.length });
      asked.push(account);
    }
    expect(asked).toHaveLength(4);
    expect(new Set(asked.map(organizationOf)).size).toBe(4);
    const refusal = walk.refusal();
    expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(70);
    expect(refusal.answer?.headers).toEqual(['retry-after', String(refusal.retryAfterSeconds)]);
    expect(String(await readBody(refusal.answer!.body, 1_000))).toBe(asked[0]);
  });

  it('P6: waits no longer than it may in all', () => {
    const made = poolOf(['a/w1/a', 'b/w2/b']);
    turn(made, 's');
    const startedAt = nowMs;
    const walk = walkOf(made, 's', { patienceSeconds: 3 });
    for (let account = nextOf(made, walk); account; account = nextOf(made, walk)) {
      refuse(made, walk, account, { ...COOLING, fault: 'slowed', seconds: 2 });
    }
    expect(nowMs - startedAt).toBeLessThanOrEqual(3_100);
  });

  it('P9: passes by an organization without room for a new session, and never for a warm one', () => {
    const made = poolOf(['a/w1/a', 'b/w2/b']);
    const warm = turn(made, 'warm');
    const full = [{ kind: 'input_tokens', limit: 100_000, remaining: 50 }] as const;
    made.learn(warm, { windows: full });
    const placed = Array.from({ length: 8 }, (_, index) => turn(made, `new ${index}`));
    expect(new Set(placed.map(organizationOf))).toEqual(new Set([organizationOf(warm) === 'a' ? 'b' : 'a']));
    expect(turn(made, 'warm')).toBe(warm);
  });

  it('takes a limit for that of a workspace where another workspace of the organization reports a higher one', () => {
    const made = poolOf(['a/w1/a', 'a/w2/b']);
    const tokens = (limit: number) => [{ kind: 'tokens', limit, remaining: 0 }] as const;
    made.learn('a/w2/b', { windows: tokens(1_000_000) });
    made.learn('a/w1/a', { windows: tokens(100_000), verdict: { ...COOLING, seconds: 60 } });
    const session = Array.from({ length: 20 }, (_, index) => turn(made, `s${index}`));
    expect(new Set(session)).toEqual(new Set(['a/w2/b']));
  });

  it('does not bring a moved session back when its first account opens, nor moves it twice', () => {
    const made = poolOf(['a/w1/a', 'b/w2/b', 'c/w3/c']);
    const first = turn(made, 's');
    const walk = walkOf(made, 's');
    nextOf(made, walk);
    refuse(made, walk, first, { ...COOLING, seconds: 30 });
    const second = nextOf(made, walk)!;
    walk.answered();
    expect(second).not.toBe(first);
    advance(60_000);
    expect(turn(made, 's')).toBe(second);
    expect(turn(made, 's')).toBe(second);
  });

  it('P10: says why, with the price of a move', () => {
    const made = poolOf(['a/w1/a', 'b/w2/b']);
    const first = turn(made, 's');
    const kept = walkOf(made, 's');
    nextOf(made, kept);
    kept.answered();
    expect(kept.decide()).toMatchObject({
      ...{ act: 'kept', account: first, prefixTokens: 150_000, moveUsd: expect.closeTo(0.72, 2) },
      sentence: `Kept on ${first} (150k cached tokens; a move would cost $0.72).`,
    });
    const moved = walkOf(made, 's');
    nextOf(made, moved);
    refuse(made, moved, first, { ...COOLING, seconds: 42 });
    nextOf(made, moved);
    moved.answered();
    const decision = moved.decide();
    expect(decision.sentence).toMatch(
      /^Moved from .* \(cooling: retry-after\) to .* expected cost of the move: \$0\.72\)\.$/,
    );
    expect(decision.considered).toContainEqual(expect.objectContaining({ account: first, state: 'cooling' }));
  });

  it('waits for its account where a move would cost more, and moves where it would not', () => {
    const made = poolOf(['a/w1/a', 'b/w2/b']);
    for (const [session, tokens, isKept] of [
      ['dear', 150_000, true],
      ['cheap', 1_000, false],
    ] as const) {
      const first = turn(made, session, tokens);
      const walk = walkOf(made, session);
      nextOf(made, walk);
      refuse(made, walk, first, { ...COOLING, seconds: 5 });
      expect(nextOf(made, walk) === first).toBe(isKept);
      walk.answered();
      advance(60_000);
    }
  });

  it('asks an overloaded account twice more, then leaves it to a fallback upstream, or to one other organization', () => {
    const overloaded = new UpstreamError({ failure: 'overloaded', message: '529' });
    for (const [hasFallback, count] of [
      [true, 3],
      [false, 4],
    ] as const) {
      const made = poolOf(['a/w1/a', 'b/w2/b', 'c/w3/c']);
      const walk = walkOf(made, 's', { hasFallback });
      const asked: string[] = [];
      for (let account = nextOf(made, walk); account; account = nextOf(made, walk)) {
        asked.push(account);
        walk.failed(overloaded);
      }
      expect(asked).toHaveLength(count);
      expect(new Set(asked.slice(0, 3)).size).toBe(1);
      expect(walk.refusal()).toBe(overloaded);
    }
  });

  it('keeps sessions on a draining account and gives it no new ones; a paused one gets nothing', () => {
    const made = poolOf(['a/w1/a', 'b/w2/b']);
    const first = turn(made, 's');
    const state = (operatorState: Account['operatorState']) =>
      made.pool.list.replace(made.accounts.map((each) => (each.name === first ? { ...each, operatorState } : each)));
    state('draining');
    expect(turn(made, 's')).toBe(first);
    const placed = Array.from({ length: 10 }, (_, index) => turn(made, `new ${index}`));
    expect(placed).not.toContain(first);
    state('paused');
    expect(turn(made, 's')).not.toBe(first);
  });

  it('names every account that cannot serve, if none can', () => {
    const made = poolOf(['a/w1/a', 'b/w2/b']);
    for (const { name } of made.accounts) {
      made.learn(name, {
        verdict: { fault: 'refused', reach: 'key', isOfGroup: false, reason: 'the key is not valid' },
      });
    }
    const walk = walkOf(made, 's');
    expect(walk.closedSeconds).toBeGreaterThan(0);
    expect(walk.next()).toBeUndefined();
    expect(walk.refusal()).toMatchObject({
      failure: 'unreachable',
      wasAsked: false,
      message: expect.stringContaining('a/w1/a refused (the key is not valid), b/w2/b refused'),
    });
  });
});
