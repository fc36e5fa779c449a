import { randomUUID } from 'node:crypto';
import { accessDenied, answer, overloaded, rateLimited, refuse } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { LimitStore } from '../../apps/proxy/src/fallback/limit.store.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

let stage: Stage;
const { ask, ended, post, written } = adminApi(() => stage.gateway);
const newUser = () => `user-${randomUUID()}`;
const list = async (query: string) => {
  await written();
  return (await ask(`/api/requests?${query}`)).json;
};

beforeAll(async () => {
  stage = await startStage();
});
afterEach(() => {
  stage.anthropic.reset();
  stage.bedrock.reset();
});
afterAll(() => stage.close());

describe('the request log', () => {
  it('contains the attempts and the result of an exchange', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    const answered = await postMessage(stage.gateway, { user, isStream: true });
    await written();
    const id = answered.headers.get('x-claude-proxy-exchange');
    const { status, json } = await ask(`/api/requests/${id}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id,
      user,
      model: 'claude-opus-5-5',
      upstream: 'bedrock',
      fallback_reason: 'rate_limited',
      outcome: 'completed',
      status: 200,
      is_stream: true,
      is_drill: false,
      path: '/v1/messages',
      stop_reason: 'end_turn',
      attempts: [
        { upstream: 'anthropic', status: 429, failure: 'rate_limited' },
        { upstream: 'bedrock', status: 200, failure: null },
      ],
    });
    expect(json.credential_fingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(json.first_byte_ms).toBeLessThanOrEqual(json.duration_ms);
    expect(json.request_bytes).toBeGreaterThan(50);
    expect(json.answer_bytes).toBe(Buffer.byteLength(answered.text));
  });

  it.each([true, false])('lists the fields that a fallback dropped, like the answer (stream: %s)', async (isStream) => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    const answered = await postMessage(stage.gateway, {
      user,
      isStream,
      headers: { 'anthropic-beta': 'fast-mode-2026-02-01' },
      body: { speed: 'fast' },
    });
    expect(answered.headers.get('x-claude-proxy-dropped')).toBe('fast-mode-2026-02-01, speed');
    await written();
    const { json } = await ask(`/api/requests/${answered.headers.get('x-claude-proxy-exchange')}`);
    expect(json.attempts[1]).toMatchObject({ upstream: 'bedrock', left_out: ['fast-mode-2026-02-01', 'speed'] });
    expect(json.attempts[0]).not.toHaveProperty('left_out');
    const plain = await postMessage(stage.gateway, { user: newUser() });
    expect(plain.headers.has('x-claude-proxy-dropped')).toBe(false);
  });

  it('contains no prompt, no answer and no key', async () => {
    const user = newUser();
    stage.anthropic.script(answer({ text: 'a-very-secret-answer' }));
    const body = { messages: [{ role: 'user', content: 'a-very-secret-prompt' }] };
    const answered = await postMessage(stage.gateway, { user, apiKey: 'sk-ant-very-secret', body });
    expect(answered.text).toContain('a-very-secret-answer');
    await written();
    const { text } = await ask(`/api/requests/${answered.headers.get('x-claude-proxy-exchange')}`);
    expect(text).not.toContain('very-secret');
  });

  it('returns pages, newest first, without duplicates and gaps', async () => {
    const user = newUser();
    for (let index = 0; index < 7; index += 1) await postMessage(stage.gateway, { user });
    const ids: string[] = [];
    let cursor = '';
    do {
      const page = await list(`user=${user}&limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      ids.push(...page.requests.map((line: { id: string }) => line.id));
      cursor = page.next_cursor;
    } while (cursor);
    expect(new Set(ids).size).toBe(7);
    expect(ids).toHaveLength(7);
    const times = (await list(`user=${user}`)).requests.map((line: { started_at: number }) => line.started_at);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('lists relayed requests of past hours', async () => {
    const user = newUser();
    const yesterday = Date.now() - 30 * 3_600_000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(yesterday);
    const url = `${stage.gateway.url}/user/${user}/v1/files`;
    for (let times = 0; times < 2; times += 1) {
      await fetch(url, { headers: { 'x-api-key': 'sk-ant-test-1' } });
      await written();
    }
    clock.mockRestore();
    const { requests } = await list(`user=${user}`);
    expect(requests).toMatchObject([
      { operation: 'relay', started_at: yesterday },
      { operation: 'relay', started_at: yesterday },
    ]);
  });

  it("finds a user with any spelling of the name's accents", async () => {
    const user = `chlo\u00e9-${randomUUID()}`;
    await postMessage(stage.gateway, { user: encodeURIComponent(user) });
    for (const form of ['NFC', 'NFD']) {
      const { requests } = await list(`user=${encodeURIComponent(user.normalize(form))}`);
      expect(requests).toMatchObject([{ user }]);
    }
  });

  it('contains an exchange as soon as it has ended', async () => {
    const user = newUser();
    await postMessage(stage.gateway, { user });
    await ended();
    expect((await ask(`/api/requests?user=${user}`)).json.requests).toHaveLength(1);
  });
});

describe('a filter of the request log', () => {
  it('filters by model, upstream, outcome, status, fallback, error, time and duration', async () => {
    const user = newUser();
    stage.anthropic.script(answer(), refuse(400), answer({ latencyMs: 1_500 }), rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user });
    await postMessage(stage.gateway, { user });
    await postMessage(stage.gateway, { user, model: 'claude-haiku-5-5' });
    await postMessage(stage.gateway, { user });
    const count = async (query: string) => (await list(`user=${user}&${query}`)).requests.length;
    expect(await count('')).toBe(4);
    expect(await count('model=claude-haiku-5-5')).toBe(1);
    expect(await count('upstream=bedrock')).toBe(1);
    expect(await count('outcome=refused')).toBe(1);
    expect(await count('outcome=')).toBe(await count(''));
    expect(await count('status=400')).toBe(1);
    expect(await count('fallbacks=true')).toBe(1);
    expect(await count('errors=true')).toBe(1);
    expect(await count('slow_ms=1400')).toBe(1);
    expect(await count(`since=${Date.now() + 1_000}`)).toBe(0);
    expect(await count(`until=${Date.now() - 60_000}`)).toBe(0);
  });

  it('takes several values, parts of them, and values to leave out', async () => {
    const [one, two] = [newUser(), newUser()];
    for (const user of [one, two]) await postMessage(stage.gateway, { user });
    await postMessage(stage.gateway, { user: one, model: 'claude-haiku-5-5' });
    stage.anthropic.script(refuse(400));
    await postMessage(stage.gateway, { user: two });
    const count = async (query: string) => (await list(query)).requests.length;
    const both = `user=${one},${two}`;
    expect(await count(both)).toBe(4);
    expect(await count(`user=${one.slice(0, -3)}*,${two}`)).toBe(4);
    expect(await count(`user=${one},${two},!*${two.slice(5)}`)).toBe(2);
    expect(await count(`${both}&model=!*haiku*`)).toBe(3);
    expect(await count(`${both}&status=4xx`)).toBe(1);
    expect(await count(`${both}&status=!4xx`)).toBe(3);
    expect(await count(`${both}&upstream=bedrock,anthropic&outcome=!refused`)).toBe(3);
    expect(await count(`${both}&account=none&team=none`)).toBe(4);
  });

  it('finds a request by a part of its ids, its session, its user and its model', async () => {
    const [user, session] = [newUser(), randomUUID()];
    const posted = { user, headers: { 'x-claude-code-session-id': session } };
    const { headers } = await postMessage(stage.gateway, posted);
    await postMessage(stage.gateway, { user: newUser() });
    const id = headers.get('x-claude-proxy-exchange')!;
    await written();
    const { upstream_request_id: upstreamId } = (await ask(`/api/requests/${id}`)).json;
    expect(upstreamId).toMatch(/^req_/);
    const words = [id, id.slice(4, 22), upstreamId.toUpperCase(), session, session.slice(0, 13), user.slice(0, 11)];
    for (const q of [...words, `opus ${user}`, `${session} !haiku`]) {
      const { requests } = await list(`q=${encodeURIComponent(q)}`);
      expect([q, requests]).toEqual([q, [expect.objectContaining({ id, session, upstream_request_id: upstreamId })]]);
    }
    expect((await list(`q=${id}&user=${newUser()}`)).requests).toEqual([]);
    expect((await list(`session=${session}`)).requests).toHaveLength(1);
  });

  it('sorts by what a request cost, used and took, and says how much it has searched', async () => {
    const user = newUser();
    const outputs = [20, 500, 3];
    stage.anthropic.script(...outputs.map((output_tokens) => answer({ usage: { input_tokens: 1, output_tokens } })));
    for (const _ of outputs) await postMessage(stage.gateway, { user });
    const sorted = async (query: string) => {
      const page = await list(`user=${user}&${query}`);
      return { ...page, tokens: page.requests.map((line: { output_tokens: number }) => line.output_tokens) };
    };
    expect((await sorted('sort=cost')).tokens).toEqual([500, 20, 3]);
    expect((await sorted('sort=tokens&order=asc')).tokens).toEqual([3, 20, 500]);
    expect((await sorted('sort=time&order=asc')).tokens).toEqual(outputs);
    const costliest = await sorted('sort=cost&limit=1');
    expect(costliest).toMatchObject({ tokens: [500], next_cursor: null });
    expect(costliest.searched_requests).toBeGreaterThanOrEqual(3);
    expect(costliest.searched_since).toBeLessThan(Date.now() - 29 * 86_400_000);
  });

  it('counts answers of a fallback upstream as fallbacks, but not failures of all upstreams', async () => {
    const user = newUser();
    const idOf = async () => (await postMessage(stage.gateway, { user })).headers.get('x-claude-proxy-exchange');
    stage.anthropic.script(overloaded(), overloaded());
    stage.bedrock.script(answer(), accessDenied());
    const [fellBack, allFailed] = [await idOf(), await idOf()];
    expect((await list(`user=${user}&fallbacks=true`)).requests).toMatchObject([{ id: fellBack, is_fallback: true }]);
    const { requests } = await list(`user=${user}&errors=true`);
    expect(requests).toMatchObject([
      { id: allFailed, is_fallback: false, fallback_reason: expect.stringContaining('bedrock') },
    ]);
  });

  it.each([
    'limit=0',
    'limit=501',
    'cursor=x',
    'since=soon',
    'since=12345',
    'until=-1',
    'errors=maybe',
    'status=x',
    'outcome=foo',
    'upstream=nope',
    'upstream=anthropic,!nope',
    'status=4xy',
    'sort=shoes',
    'order=up',
    `user=${'a,'.repeat(21)}`,
    'user=a&user=b',
  ])('refuses %s with its name', async (query) => {
    const { status, json } = await ask(`/api/requests?${query}`);
    expect([status, json.error.message]).toEqual([400, expect.stringContaining(`${query.split('=')[0]} is "`)]);
  });

  it('ignores an empty parameter', async () => {
    await postMessage(stage.gateway, { user: newUser() });
    const empty =
      'user=&model=&upstream=&outcome=&status=&since=&until=&fallbacks=&errors=&slow_ms=&cursor=&limit=&q=&sort=&order=';
    expect((await list(empty)).requests.length).toBeGreaterThan(0);
    expect((await ask('/api/analytics?range=')).json.range).toBe('24h');
  });

  it('returns 404 for an unknown exchange', async () => {
    expect((await ask('/api/requests/exc_0mwq7xyz0000000000000000')).status).toBe(404);
    expect((await ask('/api/requests/nonsense')).status).toBe(404);
  });
});

describe('analytics', () => {
  it.each(['1h', '24h', '7d', '30d'])('add up to the exchanges made (%s)', async (range) => {
    const own = await startStage();
    const api = adminApi(() => own.gateway);
    const usage = {
      input_tokens: 100,
      output_tokens: 50,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 300,
    };
    own.anthropic.script(answer({ usage }), answer({ usage }), refuse(400), rateLimited({ retryAfterSeconds: 60 }));
    own.bedrock.setDefault(answer({ usage }));
    for (const user of ['ann', 'ann', 'bea', 'ann']) await postMessage(own.gateway, { user });
    await api.written();
    expect((await api.ask(`/api/analytics?range=${range}`)).json).not.toHaveProperty('by_user');
    const { json } = await api.ask(`/api/analytics?range=${range}&by_user=true`);
    expect(json).toMatchObject({
      range,
      total_requests: 4,
      total_tokens: 450,
      requests_last_hour: 4,
      active_accounts: 1,
      rate_limited_accounts: 1,
      top_models: [{ model: 'claude-opus-5-5', count: 4 }],
      totals: {
        requests: 4,
        errors: 1,
        caller_errors: 1,
        fallbacks: 1,
        input_tokens: 300,
        output_tokens: 150,
        cache_hit_share: 0.75,
        // Bedrock is a tenth dearer.
        cache_saved_usd: expect.closeTo((2 * 300 * (4 - 0.2) + 300 * (4.4 - 0.22)) / 1e6, 9),
        fallback_cost_usd: expect.closeTo(json.by_upstream.bedrock.cost_usd, 9),
      },
      errors: [{ status: 400, reason: 'rejected', requests: 1 }],
      by_upstream: { anthropic: { requests: 3, errors: 1 }, bedrock: { requests: 1, fallbacks: 1 } },
      by_user: { ann: { requests: 3 }, bea: { requests: 1, errors: 1 } },
    });
    const sum = json.buckets.reduce((total: number, bucket: { requests: number }) => total + bucket.requests, 0);
    expect(sum).toBe(4);
    expect(json.buckets.length).toBe({ '1h': 12, '24h': 24, '7d': 28, '30d': 30 }[range]);
    expect(json.totals.duration_ms.p99).toBeGreaterThanOrEqual(json.totals.duration_ms.p50);
    expect(json.cost_estimate).toBeGreaterThan(0);
    await own.close();
  });

  it('count any time, and only what a filter wants', async () => {
    const [user, other, session] = [newUser(), newUser(), randomUUID()];
    const headers = { 'x-session-id': session };
    stage.anthropic.script(answer(), refuse(400), answer(), rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user });
    await postMessage(stage.gateway, { user, headers });
    await postMessage(stage.gateway, { user, model: 'claude-haiku-5-5' });
    await postMessage(stage.gateway, { user: other, headers });
    await written();
    const [since, until] = [Date.now() - 3_600_000, Date.now() + 1_000];
    const ofTime = async (query: string) => (await ask(`/api/analytics?since=${since}&until=${until}&${query}`)).json;
    const both = `user=${user},${other}`;
    expect(await ofTime(`${both}&by_user=true`)).toMatchObject({
      range: 'custom',
      bucket_seconds: 300,
      totals: { requests: 4, errors: 1, caller_errors: 1, fallbacks: 1 },
      by_user: { [user]: { requests: 3 }, [other]: { requests: 1 } },
      by_model: { 'claude-opus-5-5': { requests: 3 }, 'claude-haiku-5-5': { requests: 1 } },
      errors: [{ status: 400, reason: 'rejected', requests: 1 }],
    });
    expect((await ofTime(`session=${session}`)).totals).toMatchObject({ requests: 2, fallbacks: 1 });
    expect((await ofTime(`${both}&upstream=bedrock`)).totals).toMatchObject({ requests: 1 });
    expect((await ofTime(`user=!${user},!${other}&q=${user}`)).totals).toMatchObject({ requests: 0 });
    const all = await ofTime('');
    const haiku = await ofTime('model=*haiku*');
    expect(Object.keys(haiku.by_model)).toEqual(['claude-haiku-5-5']);
    expect(haiku.totals.requests).toBe(all.by_model['claude-haiku-5-5'].requests);
    const ofLines = await ofTime('q=claude-haiku');
    expect(ofLines.totals).toEqual({ ...haiku.totals, cache_saved_usd: 0 });
    expect(ofLines.complete_since).toBe(ofLines.since);
    const longAgo = (await ask(`/api/analytics?since=${since - 40 * 86_400_000}&until=${since - 30 * 86_400_000}`))
      .json;
    expect(longAgo.totals.requests).toBe(0);
    expect(longAgo.buckets.length).toBe(41);
  });

  it.each([
    ['range=24h&since=2026-11-01', /range is "24h"; allowed: nothing beside "since"/],
    ['since=2001-01-01', /since is "2001-01-01"; allowed: a time in the last 90 days/],
    ['since=2040-01-01', /until is/],
    ['upstream=nope', /upstream is "nope"/],
  ])('refuse %s', async (query, message) => {
    const { status, json } = await ask(`/api/analytics?${query}`);
    expect([status, json.error.message]).toEqual([400, expect.stringMatching(message)]);
  });

  it('count errors of callers separately, but not a refused key of the operator', async () => {
    const own = await startStage({ ANTHROPIC_API_KEY: 'sk-ant-operator' });
    const api = adminApi(() => own.gateway);
    own.anthropic.setDefault(refuse(401));
    await postMessage(own.gateway, { apiKey: 'sk-ant-of-the-caller' });
    await postMessage(own.gateway, { apiKey: null });
    await api.written();
    const { json } = await api.ask('/api/analytics?range=1h');
    expect(json.totals).toMatchObject({ requests: 2, errors: 2, caller_errors: 1 });
    await own.close();
  });

  it('refuse an unknown range', async () => {
    expect((await ask('/api/analytics?range=1y')).status).toBe(400);
  });
});

describe('limits and drills', () => {
  it('are listed with scope and time, and cleared by an operator', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user });
    const limitsOf = async () =>
      (await ask('/api/limits')).json.limits.filter((limit: { user: string }) => limit.user === user);
    expect(await limitsOf()).toEqual([
      expect.objectContaining({ scope: expect.stringMatching(/^[0-9a-f]{12}\/opus-5-5$/), is_drill: false }),
    ]);
    expect((await ask(`/api/limits/${user}`, { method: 'DELETE' })).status).toBe(204);
    expect(await limitsOf()).toEqual([]);
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic', fallback: null });
  });

  it('are read from the store, also if another task has cleared them', async () => {
    const [ours, ofTheOriginal] = [newUser(), newUser()];
    const { table } = stage.gateway.app.get(LimitStore);
    const now = Math.floor(Date.now() / 1_000);
    await table.put({ user_id: ofTheOriginal, retry_until: now + 60, ttl: now + 3_660 });
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user: ours });
    await postMessage(stage.gateway, { user: ofTheOriginal });
    const limitedUsers = async () => (await ask('/api/limits')).json.limits.map(({ user }: { user: string }) => user);
    expect(await limitedUsers()).toEqual(expect.arrayContaining([ours, ofTheOriginal]));
    for (const user of [ours, ofTheOriginal]) await table.delete({ user_id: user });
    expect(await limitedUsers()).not.toContain(ours);
    expect(await limitedUsers()).not.toContain(ofTheOriginal);
  });

  it('a drill hits only its user until it is stopped', async () => {
    const [affected, other] = [newUser(), newUser()];
    const { status, json } = await post('/api/drills', { user: affected, seconds: 60, share: 1 });
    expect(status).toBe(201);
    expect(await postMessage(stage.gateway, { user: affected })).toMatchObject({
      upstream: 'bedrock',
      fallback: 'drill',
    });
    expect(await postMessage(stage.gateway, { user: other })).toMatchObject({ upstream: 'anthropic' });
    const lines = await list(`user=${affected}`);
    expect(lines.requests[0]).toMatchObject({ is_drill: true, upstream: 'bedrock' });
    expect((await ask('/api/drills')).json.drills).toEqual([expect.objectContaining({ id: json.id, struck: 1 })]);
    expect((await ask(`/api/drills/${json.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await postMessage(stage.gateway, { user: affected })).toMatchObject({
      upstream: 'anthropic',
      fallback: null,
    });
  });

  it('a drill ends by itself', async () => {
    const user = newUser();
    await post('/api/drills', { user, seconds: 1 });
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ fallback: 'drill' });
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await postMessage(stage.gateway, { user })).toMatchObject({ upstream: 'anthropic', fallback: null });
    expect((await ask('/api/drills')).json.drills).toEqual([]);
  });

  it.each([
    [{}, /user is required.*seconds is required and must be a whole number/],
    [{ user: 'ann' }, /: seconds is required and must be a whole number from 1 to 3600\./],
    [{ user: 'ann', seconds: '5' }, /: seconds is required and must be a whole number from 1 to 3600\./],
    [{ user: null, seconds: 0 }, /seconds/],
    [{ user: null, seconds: 4_000 }, /seconds/],
    [{ user: null, seconds: 5, share: 0 }, /share/],
    [{ user: null, seconds: 5, share: 2 }, /share/],
    [{ user: null, seconds: 5, share: '1' }, /share must be a number above 0, and 1 at most/],
    [{ user: 'a b', seconds: 5 }, /user/],
    [{ usr: 'ann', seconds: 5 }, /"usr" is not a member of it; user is required/],
    [{ user: 'ann', seconds: 5, __prototype: 1 }, /"__prototype" is not a member/],
  ])('a drill that makes no sense is refused and hits no request: %j', async (order, message) => {
    const { status, json } = await post('/api/drills', order);
    expect([status, json.error.message]).toEqual([400, expect.stringMatching(message)]);
    expect((await ask('/api/drills')).json.drills).toEqual([]);
  });
});

describe('GET /api/live', () => {
  it('answers HEAD with its headers only', async () => {
    const signal = AbortSignal.timeout(2_000);
    const { status, headers } = await fetch(`${stage.gateway.url}/api/live`, { method: 'HEAD', signal });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('sends finished exchanges and changes as they happen', async () => {
    const user = newUser();
    const listening = new AbortController();
    const response = await fetch(`${stage.gateway.url}/api/live`, { signal: listening.signal });
    const events: string[] = [];
    const isOfUser = (event: string) => event.startsWith('event: exchange') && event.includes(user);
    const heard = (async () => {
      let text = '';
      for await (const chunk of response.body!) {
        text += Buffer.from(chunk).toString();
        events.splice(0, events.length, ...text.split('\n\n'));
        if (events.some(isOfUser) && text.includes('event: limits')) return;
      }
    })();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user });
    await heard;
    listening.abort();
    const exchange = events.find(isOfUser)!;
    expect(exchange).toMatch(/^event: exchange\ndata: /);
    expect(JSON.parse(exchange.split('data: ')[1]!).request).toMatchObject({ user, upstream: 'bedrock' });
  });
});

describe('GET /metrics', () => {
  it('counts without naming a user', async () => {
    const user = newUser();
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await postMessage(stage.gateway, { user });
    const { status, text, headers } = await ask('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(/claude_proxy_fallbacks_total\{upstream="bedrock",reason="rate_limited"\} [1-9]/);
    expect(text).toMatch(/claude_proxy_attempts_total\{upstream="anthropic",failure="rate_limited"\} [1-9]/);
    expect(text).toMatch(/claude_proxy_tokens_total\{upstream="bedrock",model="claude-opus-5-5",kind="output"\} [1-9]/);
    expect(text).toMatch(/claude_proxy_in_flight 0/);
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).not.toContain(user);
  });
});
