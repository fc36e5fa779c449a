import type { SessionDetail } from '@claude-proxy/admin-api';
import { answer, PromptCache, type RecordedRequest, rateLimited } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SessionsStep } from '../../apps/proxy/src/sessions/sessions.step.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { startGateway } from '../support/start-gateway.js';
import { type Stage, startStage } from '../support/start-stage.js';

const MINUTE_MS = 60_000;
const BREAKPOINT = { cache_control: { type: 'ephemeral' } };
const ROLE = 'arn:aws:iam::204813579264:role/ci-deployer';

const MASKING = { MASKING: 'aws', MASKING_SECRET: 'a-secret-of-this-test' };

let stage: Stage;
let cache: PromptCache;
let workspace: string;
const api = adminApi(() => stage.gateway);

beforeAll(async () => {
  stage = await startStage({ FALLBACK_FOR: 'anyone', ...MASKING });
});
afterAll(() => stage.close());
afterEach(() => {
  jest.restoreAllMocks();
});

function cached(owner: string) {
  return (request: RecordedRequest) =>
    answer({
      usage: { ...cache.usageOf(request, `${owner} ${workspace} ${request.model}`), output_tokens: 10 },
      headers: { 'anthropic-organization-id': 'org-1', 'anthropic-workspace-id': workspace },
    });
}

beforeEach(() => {
  cache = new PromptCache();
  workspace = 'wrk-1';
  stage.anthropic.reset();
  stage.bedrock.reset();
  stage.anthropic.setDefault(cached('anthropic'));
  stage.bedrock.setDefault(cached('bedrock'));
});

const toolOf = (name: string) => ({ name, description: 'does it '.repeat(200), input_schema: { type: 'object' } });
const systemOf = (last: string) => [
  { type: 'text', text: 'You are careful. '.repeat(300) },
  { type: 'text', text: `${last} `.repeat(300), ...BREAKPOINT },
];

/** A conversation whose last message has the breakpoint, as Claude Code sends it. */
function bodyOf(turns: number, edited?: number) {
  const messages = Array.from({ length: 2 * turns - 1 }, (_, index) => {
    const text = `${index} ${index === edited ? 'edited' : ''} in ${ROLE} `.repeat(150);
    const role = index % 2 === 0 ? 'user' : 'assistant';
    return index === 2 * turns - 2
      ? { role, content: [{ type: 'text', text, ...BREAKPOINT }] }
      : { role, content: text };
  });
  return {
    tools: ['Read', 'Edit'].map(toolOf),
    system: systemOf('Use tools.'),
    thinking: { type: 'adaptive' },
    messages,
  };
}

interface Sending {
  readonly user?: string;
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(session: string, body: object, { headers, ...sending }: Sending = {}): Promise<void> {
  const answered = await postMessage(stage.gateway, {
    ...sending,
    headers: { 'x-claude-code-session-id': session, ...headers },
    body: body as Record<string, unknown>,
  });
  expect(answered.status).toBe(200);
}

async function sessionOf(id: string): Promise<SessionDetail> {
  await api.written();
  return (await api.ask(`/api/sessions/${id}`)).json;
}

async function lastBreakOf(id: string) {
  return (await sessionOf(id)).items.at(-1)?.prompt_cache?.cache_break;
}

describe('a session', () => {
  it('of ten turns without a change has no cache break', async () => {
    for (let turns = 1; turns <= 10; turns += 1) await send('calm', bodyOf(turns));
    const session = await sessionOf('calm');
    expect(session).toMatchObject({ session: 'calm', user: 'alice', requests: 10, cache_breaks: 0, errors: 0 });
    expect(session.cache_read_input_tokens).toBeGreaterThan(session.cache_creation_input_tokens);
    expect(session.items.map(({ prompt_cache }) => prompt_cache?.messages)).toEqual([
      1, 3, 5, 7, 9, 11, 13, 15, 17, 19,
    ]);
  });

  it.each<[string, object, Sending, RegExp]>([
    [
      'tools',
      { tools: ['Read', 'Edit', 'mcp__x'].map(toolOf) },
      {},
      /^tool list changed: 2 -> 3 tools \(1 added, from tool 3 on\)$/,
    ],
    ['system', { system: systemOf('Use no tools.') }, {}, /^system block 2 changed$/],
    ['settings', { thinking: { type: 'disabled' }, system: systemOf('Use tools.') }, {}, /^thinking changed$/],
    ['messages', { messages: bodyOf(4, 2).messages }, {}, /^message 3 changed \(edited or compacted\), 5 -> 7$/],
    ['model', {}, { model: 'claude-sonnet-5-5' }, /^model changed: claude-opus-5-5 -> claude-sonnet-5-5$/],
  ])('names %s as the reason of a cache break, and what it cost', async (kind, change, sending, sentence) => {
    for (const turns of [1, 2, 3]) await send(kind, bodyOf(turns));
    // The cache of the simulator does not know that thinking belongs to its key.
    if (kind === 'settings') cache = new PromptCache();
    await send(kind, { ...bodyOf(4), ...change }, sending);
    const found = await lastBreakOf(kind);
    expect(found).toMatchObject({ reason: { kind }, sentence: expect.stringMatching(sentence), also: [] });
    expect(found!.lost_tokens).toBeGreaterThan(1_024);
    expect(found!.lost_usd).toBeGreaterThan(0);
  });

  it('names the time without a request, another upstream and another workspace', async () => {
    for (const turns of [1, 2]) await send('moved', bodyOf(turns));
    const realNow = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => realNow() + 6 * MINUTE_MS);
    await send('moved', bodyOf(3));
    expect(await lastBreakOf('moved')).toMatchObject({ sentence: 'idle for 6 min: expired after 5 min' });
    workspace = 'wrk-2';
    await send('moved', bodyOf(4));
    expect(await lastBreakOf('moved')).toMatchObject({ sentence: 'another account (other workspace)' });
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    await send('moved', bodyOf(5));
    expect(await lastBreakOf('moved')).toMatchObject({ sentence: 'moved from anthropic to bedrock' });
  });

  it('keeps side requests and subagents out of the main conversation', async () => {
    const agent = { headers: { 'x-claude-code-agent-id': 'a1' } };
    await send('busy', { system: 'Write a title. '.repeat(500), messages: [{ role: 'user', content: 'hello' }] });
    await send('busy', bodyOf(1));
    await send('busy', { ...bodyOf(1), system: systemOf('You are a subagent.') }, agent);
    await send('busy', bodyOf(2));
    const { items, cache_breaks } = await sessionOf('busy');
    expect(cache_breaks).toBe(0);
    expect(items.map(({ prompt_cache }) => `${prompt_cache?.role} ${prompt_cache?.conversation}`)).toEqual([
      'side 1',
      'main 2',
      'agent 3',
      'main 2',
    ]);
  });

  it('says that a conversation began elsewhere', async () => {
    await send('late', bodyOf(5));
    expect((await sessionOf('late')).items[0]?.prompt_cache).toMatchObject({
      begins: 'new',
      has_unseen_requests: true,
    });
  });

  it('is shown with its requests, its log line and its metric, without a word of a prompt or the name of a tool', async () => {
    for (const turns of [1, 2]) await send('open', bodyOf(turns));
    await send('open', { ...bodyOf(3), tools: [toolOf('mcp__secret_project')] });
    const { items } = await sessionOf('open');
    const { json: detail, text } = await api.ask(`/api/requests/${items.at(-1)!.id}`);
    expect(detail).toMatchObject({ session: 'open', prompt_cache: { cache_break: { reason: { kind: 'tools' } } } });
    expect(text).not.toMatch(/mcp__secret|careful|ci-deployer/);
    const { json: page } = await api.ask('/api/requests?session=open&cache_break=tools');
    expect(page.requests).toMatchObject([{ id: items.at(-1)!.id, cache_break: 'tools' }]);
    expect((await api.ask('/metrics')).text).toContain('claude_proxy_cache_breaks_total{reason="tools"}');
  });

  it('is listed by user, in the wanted order, page by page', async () => {
    await send('small', bodyOf(1), { user: 'carol' });
    for (const turns of [1, 2]) await send('large', bodyOf(turns), { user: 'carol' });
    await send('large', bodyOf(1), { user: 'dave' });
    await api.written();
    const idsOf = async (query: string) =>
      (await api.ask(`/api/sessions?${query}`)).json.sessions.map((line: { session: string }) => line.session);
    expect(await idsOf('user=carol&sort=requests')).toEqual(['large', 'small']);
    expect(await idsOf('user=carol&sort=recent')).toEqual(['large', 'small']);
    expect((await api.ask('/api/sessions?user=carol&limit=1')).json).toMatchObject({ total: 2, next_cursor: '1' });
    expect(await idsOf('user=carol&limit=1&cursor=1')).toEqual(['small']);
    expect((await api.ask('/api/sessions/large?user=carol')).json).toMatchObject({ user: 'carol', requests: 2 });
    expect((await sessionOf('large')).user).toBe('dave');
    expect((await api.ask('/api/sessions/unknown')).status).toBe(404);
    expect((await api.ask('/api/sessions?sort=size')).status).toBe(400);
  });

  it('of an OpenAI client is named by x-session-id', async () => {
    const response = await fetch(`${stage.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-ant-test-1', 'x-session-id': 'chat' },
      body: JSON.stringify({ model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'hello' }] }),
    });
    await response.text();
    expect((await sessionOf('chat')).items[0]?.prompt_cache).toMatchObject({ begins: 'new', messages: 1 });
  });

  it('that moves between two tasks has no invented reason: what the other task has answered is reported as not seen', async () => {
    const other = await startGateway({ ANTHROPIC_UPSTREAM_URL: stage.anthropic.url, ...MASKING });
    const elsewhere = (turns: number) =>
      postMessage(other, { headers: { 'x-claude-code-session-id': 'roaming' }, body: bodyOf(turns) });
    await send('roaming', bodyOf(1));
    const realNow = Date.now;
    const pass = (minutes: number) => jest.spyOn(Date, 'now').mockImplementation(() => realNow() + minutes * MINUTE_MS);
    try {
      pass(4);
      await elsewhere(2);
      pass(8);
      await send('roaming', bodyOf(3));
      const [, found] = (await sessionOf('roaming')).items;
      expect(found?.prompt_cache).toMatchObject({ has_unseen_requests: true, cache_break: null });
      pass(12);
      await elsewhere(4);
      cache = new PromptCache();
      pass(16);
      await send('roaming', bodyOf(5));
      expect((await sessionOf('roaming')).items.at(-1)?.prompt_cache).toMatchObject({
        has_unseen_requests: true,
        cache_break: { reason: { kind: 'unknown' } },
      });
    } finally {
      await other.close();
    }
  });
});

describe('with TRACK_SESSIONS=false', () => {
  it('prompts are not looked at, and sessions are listed without cache breaks', async () => {
    const off = await startGateway({ ANTHROPIC_UPSTREAM_URL: stage.anthropic.url, TRACK_SESSIONS: 'false' });
    try {
      const step = off.app.get(SessionsStep);
      const before = jest.spyOn(step, 'before');
      const appliesTo = jest.spyOn(step, 'appliesTo');
      for (const turns of [1, 2]) {
        await postMessage(off, { headers: { 'x-claude-code-session-id': 'quiet' }, body: bodyOf(turns) });
      }
      const quiet = adminApi(() => off);
      await quiet.written();
      expect((await quiet.ask('/api/sessions/quiet')).json).toMatchObject({
        requests: 2,
        cache_breaks: 0,
        items: [{ prompt_cache: null }, { prompt_cache: null }],
      });
      expect([before, appliesTo].map(({ mock }) => mock.calls)).toEqual([[], []]);
      expect([step.sessions.size, step.sessions.memory]).toEqual([0, 0]);
    } finally {
      await off.close();
    }
  });
});
