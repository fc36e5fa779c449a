import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessDenied, rateLimited } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../apps/cli/src/commands.js';
import { VERSION } from '../../apps/cli/src/core/version.js';
import { freePort } from '../drills/free-port.js';
import { adminApi } from '../support/admin-api.js';
import { withCannedGateway } from '../support/canned-gateway.js';
import { postMessage } from '../support/post-message.js';
import { type CcpOptions, runCcp } from '../support/run-ccp.js';
import { type Stage, startStage } from '../support/start-stage.js';
import { startTcpLine } from '../support/tcp-line.js';

const PLAIN: readonly Record<string, string>[] = [{ TERM: 'dumb' }, { NO_COLOR: '1' }, { CI: 'true' }];
const TOKEN = 'admin-token-of-the-test';

let stage: Stage;
let directory: string;
const { written } = adminApi(() => stage.gateway);
const env = (more: Record<string, string> = {}) => ({ CCP_URL: stage.gateway.url, CCP_TOKEN: TOKEN, ...more });
const ccp = (line: string, options: CcpOptions = {}) =>
  runCcp(line.split(' '), { ...options, env: env(options.env as Record<string, string>) });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ccp-commands-'));
  stage = await startStage({ ADMIN_TOKEN: TOKEN, DATA_DIR: directory });
  await postMessage(stage.gateway, { user: 'alice' });
  stage.anthropic.script(rateLimited({ retryAfterSeconds: 600 }));
  await postMessage(stage.gateway, { user: 'limited' });
  await written();
}, 60_000);
afterEach(() => stage.anthropic.reset());
afterAll(async () => {
  await stage.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('ccp', () => {
  it('shows the state of the gateway, and exits with 6 while a rate limit is in force', async () => {
    const { exit, json } = await ccp('status --json');
    expect([exit, json.attention]).toEqual([
      6,
      [
        expect.stringMatching(/^Bedrock answers \d+% of requests as the fallback\. 1 user is limited\.$/),
        expect.stringMatching(/^1 rate limit in force, the last one ends in \d+m/),
      ],
    ]);
    expect(json).toMatchObject({
      role: 'admin',
      readiness: { status: 'ready' },
      last_hour: { totals: { requests: 2 } },
    });
    expect((await ccp('status')).stdout).toMatch(/^Gateway\thttp.*\nSigned in\tadmin \(CCP_TOKEN\)\nState\tready\n/);
  });

  it('C9: the sub-commands of ccflare work in its grammar', async () => {
    const daily = await ccp('stats daily --json');
    expect(daily.json.rows).toMatchObject([{ requests: 2, name: new Date().toISOString().slice(0, 10) }]);
    expect((await ccp('stats hourly --json')).json.rows[0]).toMatchObject({ requests: 2 });
    expect((await ccp('stats models')).stdout).toMatch(/^MODEL\tREQUESTS/);
    const lines = await ccp('logs --last 100 --json');
    expect(lines.json.requests.map(({ user }: { user: string }) => user)).toEqual(['alice', 'limited']);
    expect((await ccp('logs --last 5 --user alice --json')).json.requests).toHaveLength(1);
    expect(
      (await ccp('logs --error-only --json')).json.requests.every(
        ({ outcome }: { outcome: string }) => outcome !== 'completed',
      ),
    ).toBe(true);
  });

  it('C9: a key as an argument is refused, and not repeated', async () => {
    const secret = 'sk-ant-api03-canary-of-the-test';
    const { exit, stdout, stderr } = await ccp(`accounts add ${secret}`);
    expect(exit).toBe(2);
    expect(stderr).toContain('Rotate that key');
    expect(stdout + stderr).not.toContain('canary');
  });

  it('tells the story of a request by its id, and by the request id of the upstream', async () => {
    const { json } = await ccp('logs --user alice --json');
    const own = await ccp(`why ${json.requests[0].id} --json`);
    expect(own.json).toMatchObject({ user: 'alice', attempts: [{ status: 200 }] });
    expect((await ccp(`why ${own.json.upstream_request_id} --json`)).json.id).toBe(own.json.id);
    expect((await ccp(`why ${own.json.id}`)).stdout).toMatch(/Try 1: anthropic answered with status 200/);
  });

  it('lists users, rate limits, prices, settings and acts', async () => {
    expect((await ccp('users --json')).json.users).toHaveProperty('alice');
    expect((await ccp('users show alice')).stdout).toMatch(/^User\talice\n/);
    expect((await ccp('limits')).stdout).toContain('limited\t');
    expect((await ccp('prices --upstream anthropic --json')).json.prices[0]).toMatchObject({ upstream: 'anthropic' });
    expect((await ccp('config show --json')).json.settings).toHaveProperty('PORT');
    const { id } = (await ccp('drills start --user bob --for 90s --share 0.5 --json')).json;
    expect((await ccp('drills list')).stdout).toContain(`${id}\tbob\t50%`);
    expect((await ccp(`drills stop ${id}`)).exit).toBe(0);
    await written();
    expect((await ccp('audit --last 2')).stdout).toMatch(/drill\.ended\tbob\tadmin_token/);
  });

  it('sends a request of its own to any path of the gateway, and to no other place', async () => {
    expect((await ccp('api /api/limits?x=1')).json).toHaveProperty('limits');
    const posted = await runCcp(['api', 'api/drills', '-d', '{"user":"eve","seconds":5,"share":1}'], { env: env() });
    expect(posted.json).toMatchObject({ user: 'eve' });
    expect((await ccp(`api api/drills/${posted.json.id} -X DELETE`)).exit).toBe(0);
    for (const path of ['https://example.com/x', '//example.com/x', '/\\example.com']) {
      expect((await ccp(`api ${path}`)).exit).toBe(2);
    }
  });
});

describe('ccp doctor', () => {
  it('C12: looks from both places, and finds what is wrong in the environment of the client', async () => {
    const right = await ccp('doctor --json');
    expect([right.exit, right.json.findings]).toEqual([0, []]);
    const wrong = await ccp('doctor', { env: { ANTHROPIC_BASE_URL: `${stage.gateway.url}/v1`, CCP_TOKEN: 'wrong' } });
    expect(wrong.exit).toBe(6);
    expect(wrong.stdout).toMatch(/x token: The gateway does not accept the token\n[\s\S]*x base-url: .* ends in \/v1/);
    expect((await ccp('doctor --json', { env: { CCP_URL: 'http://127.0.0.1:9' } })).json.findings[0]).toMatchObject({
      check: 'reachable',
    });
  });
});

describe('ccp fallback', () => {
  it('turns fallback off after a confirmation, shows it in the status, and turns it on again', async () => {
    expect(await ccp('fallback off')).toMatchObject({ exit: 2, stderr: expect.stringContaining('Add --yes') });
    expect((await ccp('fallback off --reason costs --yes')).stdout).toMatch(
      /^Fallback\toff\nSince\tnow\nReason\tcosts\n/,
    );
    expect((await ccp('fallback')).exit).toBe(6);
    expect(await ccp('fallback on')).toMatchObject({ exit: 0, stdout: 'Fallback\ton\n' });
  });

  it('C12: is proven by `doctor --billed`, model by model, after a confirmation', async () => {
    const line = 'doctor --billed --models claude-opus-5-5,claude-haiku-5-5';
    expect(await ccp(line)).toMatchObject({ exit: 2, stderr: expect.stringContaining('Add --yes') });
    expect((await ccp(`${line} --yes`)).stdout).toMatch(
      /^bedrock answers claude-opus-5-5 in .*\nbedrock answers claude-haiku/,
    );
    stage.bedrock.setDefault(accessDenied());
    const denied = await ccp(`${line} --yes --json`);
    stage.bedrock.reset();
    expect(denied.json.findings).toMatchObject([{ check: 'billed' }, { check: 'billed' }]);
    expect(denied.exit).toBe(6);
  });
});

describe('an exit code', () => {
  it('C4: is 2 for a wrong command line, value or name of an option, with the allowed values', async () => {
    expect(await ccp('stats models --range 5y')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('1h, 24h, 7d, 30d'),
    });
    expect(await ccp('logs --last many')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('--last is "many"'),
    });
    expect(await ccp('nonsense')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("unknown command 'nonsense'"),
    });
    expect((await ccp('drills start --share 7')).exit).toBe(2);
  });

  it('C4: is 3 for a request that is not on record', async () => {
    expect(await ccp('why exc_nothing')).toMatchObject({ exit: 3, stderr: expect.stringContaining('exc_nothing') });
  });

  it('C4: is 4 for a wrong token, with one line that says how to sign in', async () => {
    const { exit, stderr } = await ccp('status', { env: { CCP_TOKEN: 'wrong' } });
    expect(exit).toBe(4);
    expect(stderr).toMatch(/^Error: .*\nSign in with `ccp login`.*\n$/);
  });

  it('C4: is 5 if no gateway answers, within 3 seconds', async () => {
    const refused = await ccp('status --json', { env: { CCP_URL: `http://127.0.0.1:${await freePort()}` } });
    expect(refused).toMatchObject({
      exit: 5,
      json: { error: { code: 'unreachable', hint: expect.stringContaining('ccp serve') } },
    });
    // Of TEST-NET-1: no machine has this address.
    const silent = await ccp('limits', { env: { CCP_URL: 'http://192.0.2.1:9' } });
    expect(silent.exit).toBe(5);
  }, 20_000);

  it('C4: is 1 for a failure of the gateway, and 7 for a conflict, each with the request id', async () => {
    const failing = { '/api/limits': [500, { error: { message: 'broken' }, request_id: 'exc_1' }] } as const;
    const broken = await withCannedGateway(failing, (url) => ccp('limits --json', { env: { CCP_URL: url } }));
    expect(broken).toMatchObject({
      exit: 1,
      json: { error: { code: 'gateway_failure', message: 'broken', status: 500, request_id: 'exc_1' } },
    });
    const busy = { '/api/drills': [409, { error: { message: 'taken' }, request_id: 'exc_2' }] } as const;
    const taken = await withCannedGateway(busy, (url) => ccp('drills start', { env: { CCP_URL: url } }));
    expect(taken).toMatchObject({
      exit: 7,
      stderr: expect.stringMatching(/taken. \(request exc_2\)\nRead the object/),
    });
  });

  it('C4: is 0 for an output without a finding, and 6 for one that needs attention', async () => {
    expect((await ccp('prices check')).exit).toBe(0);
    expect((await ccp('status')).exit).toBe(6);
  });

  it('C8: is 2 where a confirmation is needed and no person can answer, and nothing is changed', async () => {
    expect(await ccp('limits clear limited')).toMatchObject({ exit: 2, stderr: expect.stringContaining('Add --yes') });
    expect((await ccp('limits clear limited --dry-run --json')).json).toMatchObject({ would_clear: 1 });
    expect((await ccp('limits list --json')).json.limits).toHaveLength(1);
    expect((await ccp('limits clear limited --yes --json')).json).toEqual({ user: 'limited', cleared: 1 });
    expect((await ccp('limits list --json')).json.limits).toEqual([]);
  });
});

describe('an output', () => {
  it('C7: has no escape sequence without a terminal, with TERM=dumb, NO_COLOR and CI', async () => {
    expect((await ccp('logs', { isTerminal: true })).stdout).toContain('\x1b[');
    const plain = [
      await ccp('logs'),
      ...(await Promise.all(PLAIN.map((more) => ccp('logs', { isTerminal: true, env: more })))),
    ];
    for (const { stdout } of plain) expect(stdout).not.toContain('\x1b');
  });

  it('C2: of each command has --json', () => {
    expect(COMMANDS.length).toBeGreaterThan(15);
    for (const { options = [] } of COMMANDS) expect(options.some(({ flags }) => flags.includes('--json'))).toBe(false);
  });
});

describe('a gateway of another version', () => {
  const [major, minor] = VERSION.split('.').map(Number) as [number, number];
  const answers = (version: string | undefined) =>
    ({
      '/api/session': [200, { is_signed_in: true, needs_token: true, role: 'admin', version }],
      '/api/limits': [200, { limits: [] }],
    }) as const;
  const limits = (version: string | undefined) =>
    withCannedGateway(answers(version), (url) => ccp('limits', { env: { CCP_URL: url } }));

  it('C13: works without a word if it is one minor version away, and is noted once on stderr if it is further', async () => {
    for (const version of [VERSION, `${major}.${minor + 1}.0`, undefined])
      expect(await limits(version)).toMatchObject({ exit: 0, stderr: '', stdout: 'No rate limit is in force.\n' });
    const far = await limits(`${major}.${minor + 2}.0`);
    expect(far).toMatchObject({ exit: 0, stdout: 'No rate limit is in force.\n' });
    expect(far.stderr.match(/more than one minor version apart; update ccp/g)).toHaveLength(1);
  });
});

describe('logs --follow', () => {
  it('prints each request once, as NDJSON', async () => {
    const end = new AbortController();
    let isAsked = false;
    const onOutput = (stdout: string) => {
      const count = stdout.split('\n').length - 1;
      if (count >= 2 && !isAsked) {
        isAsked = true;
        void postMessage(stage.gateway, { user: 'follower' });
      }
      if (stdout.includes('follower')) end.abort();
    };
    const { exit, stdout } = await ccp('logs --follow --last 2 --json', { signal: end.signal, onOutput });
    expect(exit).toBe(130);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(lines.map(({ user }) => user)).toEqual(['alice', 'limited', 'follower']);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(3);
  });

  it('C5: prints each request once over a cut connection and a restart of the gateway, with a note of each', async () => {
    const line = await startTcpLine(() => stage.gateway.port);
    const end = new AbortController();
    const printed = new EventEmitter();
    let stdout = '';
    const onOutput = (text: string) => {
      stdout = text;
      printed.emit('text');
    };
    const until = async (text: string) => {
      while (!stdout.includes(text)) await once(printed, 'text');
    };
    const follow = ccp('logs --follow --last 1 --json', { env: { CCP_URL: line.url }, signal: end.signal, onOutput });
    await until('\n');
    await postMessage(stage.gateway, { user: 'before' });
    await until('before');
    line.cut();
    await postMessage(stage.gateway, { user: 'cut' });
    await until('cut');
    await stage.restart();
    await postMessage(stage.gateway, { user: 'restarted' });
    await until('restarted');
    await postMessage(stage.gateway, { user: 'after' });
    await until('after');
    end.abort();
    const { stderr } = await follow;
    await line.close();
    const users = stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((text) => JSON.parse(text).user);
    expect(users).toEqual(['before', 'cut', 'restarted', 'after']);
    expect(stderr.match(/The feed of the gateway broke/g)).toHaveLength(2);
  });
});
