import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  answer,
  type Behaviour,
  cut,
  errorAfter,
  rateLimited,
  refuse,
  resetBeforeHeaders,
  silence,
  startAnthropicSimulator,
  startBedrockSimulator,
  validation,
} from '@claude-proxy/simulator';
import { expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';

/** Each is looked for everywhere; none is a part of another word. */
const SECRETS = {
  callerKey: 'sk-ant-api03-caller-Zq81',
  callerToken: 'sk-ant-oat01-caller-Zq82',
  operatorKey: 'sk-ant-api03-operator-Zq83',
  adminToken: 'admin-token-Zq84',
  awsSecret: 'aws-secret-Zq85',
  awsKeyId: 'AKIAZQ86ZQ86ZQ86ZQ86',
  prompt: 'prompt-Zq87',
  answer: 'answer-Zq88',
  query: 'query-Zq89',
  cookie: 'cookie-Zq90',
  wrongToken: 'wrong-token-Zq91',
};
const ADMIN = { 'x-admin-token': SECRETS.adminToken };
const INSIDE = { text: `${SECRETS.answer} and more of it` };

it('no key, token, prompt or answer is found in logs, files, metrics, errors or admin answers', async () => {
  const anthropic = await startAnthropicSimulator();
  const bedrock = await startBedrockSimulator();
  const directory = await mkdtemp(join(tmpdir(), 'claude-proxy-secrets-'));
  const gateway = await BuiltGateway.started({
    DATA_DIR: directory,
    LOG_LEVEL: 'debug',
    FALLBACK_CHAIN: 'anthropic,bedrock',
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
    AWS_ACCESS_KEY_ID: SECRETS.awsKeyId,
    AWS_SECRET_ACCESS_KEY: SECRETS.awsSecret,
    ANTHROPIC_API_KEY: SECRETS.operatorKey,
    ADMIN_TOKEN: SECRETS.adminToken,
    MAX_RETRY_WAIT_SECONDS: '0',
  });
  const told: string[] = [];
  const post = async (isStream: boolean, headers: Record<string, string>, signal?: AbortSignal) => {
    const body = {
      model: 'claude-opus-5-5',
      max_tokens: 64,
      stream: isStream,
      system: SECRETS.prompt,
      messages: [{ role: 'user', content: SECRETS.prompt }],
      metadata: { user_id: SECRETS.prompt },
    };
    const url = `${gateway.url}/user/alice/v1/messages?beta=${SECRETS.query}`;
    const common = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', cookie: SECRETS.cookie };
    const init = { method: 'POST', headers: { ...common, ...headers }, body: JSON.stringify(body) };
    const response = await fetch(url, { ...init, signal: signal ?? null });
    const text = await response.text();
    if (response.status >= 400) told.push(text);
    told.push(JSON.stringify([...response.headers]));
  };
  const credentials: readonly Record<string, string>[] = [
    { 'x-api-key': SECRETS.callerKey },
    { authorization: `Bearer ${SECRETS.callerToken}` },
    {}, // the operator's
  ];
  const play = async (isStream: boolean, headers: Record<string, string>, behaviours: readonly Behaviour[]) => {
    anthropic.reset();
    bedrock.reset();
    anthropic.script(...behaviours);
    bedrock.script(answer(INSIDE));
    // Broken answers are a part of it.
    await post(isStream, headers, AbortSignal.timeout(150)).catch(() => {});
  };
  const stories: readonly (readonly Behaviour[])[] = [
    [answer(INSIDE)],
    [refuse(401)],
    [refuse(529)],
    [errorAfter(4, 'overloaded_error')],
    [cut(INSIDE)],
    [silence({ ...INSIDE, afterEvents: 3 })],
    [resetBeforeHeaders(), resetBeforeHeaders()],
    [rateLimited({ retryAfterSeconds: 60 })],
  ];
  for (const headers of credentials) {
    for (const isStream of [true, false]) for (const story of stories) await play(isStream, headers, story);
  }
  bedrock.setDefault(validation('messages: at least one is needed'));
  await post(true, credentials[0]!);
  const broken = `{"model": "${SECRETS.prompt}`;
  const turnedAway = { method: 'POST', headers: { 'x-api-key': SECRETS.callerKey }, body: broken };
  told.push(await (await fetch(`${gateway.url}/v1/messages?token=${SECRETS.query}`, turnedAway)).text());
  const ask = async (path: string, headers: Record<string, string> = ADMIN) => {
    const response = await fetch(`${gateway.url}${path}`, { headers });
    told.push(await response.text());
    return response.status;
  };
  expect(await ask('/debug/env', { 'x-admin-token': SECRETS.wrongToken })).toBe(401);
  expect(await ask(`/nowhere?key=${SECRETS.query}`, { 'x-api-key': SECRETS.callerKey })).toBe(404);
  await gateway.hasLogged('alice');
  // What has finished is written within a second.
  await sleep(1_500);
  for (const path of ['/debug/env', '/api/limits', '/api/drills', '/api/analytics?range=1h', '/api/session']) {
    expect([path, await ask(path)]).toEqual([path, 200]);
  }
  for (const path of ['/metrics', '/health', '/health/ready', '/v1/usage', '/api/requests?limit=500']) await ask(path);
  const requests = JSON.parse(told.at(-1)!).requests as { id: string }[];
  expect(requests.length).toBeGreaterThan(20);
  for (const { id } of requests.slice(0, 10)) await ask(`/api/requests/${id}`);

  const files = await readdir(directory);
  expect(files.length).toBeGreaterThan(0);
  const places: Record<string, string> = {
    output: gateway.output,
    answers: told.join('\n'),
    ...Object.fromEntries(
      await Promise.all(files.map(async (name) => [name, (await readFile(join(directory, name))).toString('latin1')])),
    ),
  };
  await gateway.stop();
  await Promise.all([anthropic.close(), bedrock.close()]);
  await rm(directory, { recursive: true, force: true });
  // The search itself works: what may be known is found.
  expect(places.output).toContain('alice');
  expect(Object.values(places).join('')).toContain('claude-opus-5-5');
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(SECRETS)
      .filter(
        ([, secret]) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').slice(0, -4)),
      )
      .map(([name]) => `${name} in ${place}`),
  );
  expect(found).toEqual([]);
}, 60_000);
