import type { Account } from '@claude-proxy/admin-api';
import { rateLimited } from '@claude-proxy/simulator';
import { afterEach, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { ORGANIZATIONS, type Pool, startPool } from '../support/start-pool.js';

const TWO = ORGANIZATIONS.filter(({ id }) => id !== 'org-beta');
const OWN_KEYS = Array.from({ length: 200 }, (_, index) => `sk-ant-own-${index}`);
const SYSTEM = [
  { type: 'text', text: 'You are a careful engineer. '.repeat(600), cache_control: { type: 'ephemeral' } },
];

let pool: Pool;
afterEach(() => pool.close());

const admin = adminApi(() => pool.gateway);
const accounts = async (): Promise<Account[]> => (await admin.ask('/api/accounts')).json.accounts;
const organizationOf = (account: string | null | undefined) => account?.split('-')[0];
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

interface Turn {
  readonly status: number;
  readonly account: string | null;
  readonly usage: Readonly<Record<string, number>>;
}

/** The conversation of one session, which grows by two messages a turn. */
class Conversation {
  readonly messages: { role: string; content: string }[] = [];

  constructor(private readonly session: string) {}

  async turn(): Promise<Turn> {
    this.messages.push({
      role: 'user',
      content: `${this.session} turn ${this.messages.length}: ${'go on '.repeat(20)}`,
    });
    const answer = await pool.turn(this.session, { body: { system: SYSTEM, messages: this.messages } });
    const { usage, content } = JSON.parse(answer.text);
    if (content) this.messages.push({ role: 'assistant', content: content[0].text });
    return { status: answer.status, account: answer.headers.get('x-claude-proxy-account'), usage };
  }
}

const sumOf = (turns: readonly Turn[], field: string) => turns.reduce((sum, { usage }) => sum + (usage[field] ?? 0), 0);
const inputOf = ({ usage }: Turn) =>
  usage.input_tokens! + usage.cache_read_input_tokens! + usage.cache_creation_input_tokens!;

describe('three organizations, five keys, 40 sessions of 10 turns', () => {
  it('lose no answer and hardly a cache read when a limit is reached in the middle', async () => {
    pool = await startPool({ MAX_RETRY_WAIT_SECONDS: '10' });
    const conversations = range(40).map((index) => new Conversation(`drill-${index}`));
    const bySession: Turn[][] = conversations.map(() => []);
    for (let round = 0; round < 10; round += 1) {
      if (round === 5) pool.anthropic.organizations.refuse('org-acme', rateLimited({ retryAfterSeconds: 600 }));
      if (round === 8) pool.anthropic.organizations.refuse('org-acme', undefined);
      const turns = await Promise.all(conversations.map((conversation) => conversation.turn()));
      for (const [index, turn] of turns.entries()) bySession[index]!.push(turn);
    }
    const all = bySession.flat();
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    const organizations = bySession.map((turns) => turns.map(({ account }) => organizationOf(account)));
    const busiest = Map.groupBy(organizations, ([first]) => first);
    expect(Math.max(...[...busiest.values()].map(({ length }) => length))).toBeLessThanOrEqual(Math.ceil(40 / 3) * 1.2);
    const moves = organizations.map(
      (names) => names.filter((name, turn) => turn > 0 && name !== names[turn - 1]).length,
    );
    expect(Math.max(...moves)).toBe(1);
    // Without a move each turn reads what the turn before has sent.
    const perfect = bySession.flatMap((turns) => turns.slice(0, -1).map(inputOf)).reduce((sum, read) => sum + read, 0);
    expect(sumOf(all, 'cache_read_input_tokens') / perfect).toBeGreaterThan(0.95);
    await admin.written();
    const served = await accounts();
    expect(served.reduce((sum, { requests }) => sum + requests, 0)).toBe(400);
    const tokens = all.reduce((sum, turn) => sum + inputOf(turn), 0) + sumOf(all, 'output_tokens');
    expect(served.reduce((sum, account) => sum + account.tokens, 0)).toBe(tokens);
    expect(served.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(40);
  });
});

describe('a herd', () => {
  it('P7: arrives at the next organization one at once and four a second, loses nothing and closes nothing else', async () => {
    pool = await startPool({ MAX_RETRY_WAIT_SECONDS: '10' }, TWO);
    const { id } = (await accounts()).find(({ name }) => name === 'gamma')!;
    const set = (state: string) =>
      admin.ask(`/api/accounts/${id}`, { method: 'PATCH', body: JSON.stringify({ state }) });
    await set('paused');
    const sessions = range(40).map((index) => `herd-${index}`);
    await Promise.all(sessions.map((session) => pool.turn(session)));
    await set('active');
    pool.anthropic.reset();
    pool.anthropic.organizations.refuse('org-acme', rateLimited({ retryAfterSeconds: 600 }));
    const answers = await Promise.all(sessions.map((session) => pool.turn(session)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const arrivals = pool.anthropic.requests
      .filter(({ credential }) => credential === 'sk-ant-gamma')
      .map(({ receivedAt }) => receivedAt);
    const since = arrivals.map((at) => (at - arrivals[0]!) / 1_000);
    expect(arrivals).toHaveLength(40);
    // A timer of a busy machine is late, and the next one is not, so that two arrive closer together.
    for (const [index, seconds] of since.entries()) {
      if (seconds < 5) expect(index + 1).toBeLessThanOrEqual(1 + 4 * (seconds + 0.3));
    }
    expect((await accounts()).find(({ name }) => name === 'gamma')!.state).toBe('ready');
  });
});

describe('200 users with keys of their own beside the pool', () => {
  it('are each answered with their own key, and the pool never uses one of them', async () => {
    pool = await startPool({ ANTHROPIC_API_KEYS: 'acme=sk-ant-acme-1,gamma=sk-ant-gamma' }, [
      ...TWO,
      { id: 'org-own', workspaces: [{ id: 'wrk-own', keys: OWN_KEYS }] },
    ]);
    pool.anthropic.organizations.refuse('org-acme', rateLimited({ retryAfterSeconds: 600 }));
    const asked = (user: string, apiKey: string | null) =>
      pool.turn(`session of ${user}`, {
        ...{ user, apiKey, isStream: user.length % 2 === 0 },
        body: { messages: [{ role: 'user', content: `I am ${user}.` }] },
      });
    const answers = await Promise.all(
      OWN_KEYS.flatMap((key, index) => [
        asked(`own-user-${index}`, key),
        ...(index % 10 === 0 ? [asked(`pool-user-${index}`, null)] : []),
      ]),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    for (const { body, credential } of pool.anthropic.requests) {
      const [, kind, index] = /I am (own|pool)-user-(\d+)/.exec(body.toString())!;
      if (kind === 'own') expect(credential).toBe(OWN_KEYS[Number(index)]);
      else expect(['sk-ant-acme-1', 'sk-ant-gamma']).toContain(credential);
    }
    for (const { headers } of answers) {
      expect(headers.get('anthropic-organization-id') === null).toBe(headers.get('x-claude-proxy-account') !== null);
    }
  });
});
