import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type AnthropicSimulator, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';

let anthropic: AnthropicSimulator;
let gateway: BuiltGateway | undefined;

beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
}, 60_000);
beforeEach(() => anthropic.reset());
afterEach(() => gateway?.stop());
afterAll(() => anthropic.close());

const start = async (environment: Record<string, string> = {}) => {
  gateway = await BuiltGateway.started({ ANTHROPIC_UPSTREAM_URL: anthropic.url, ...environment });
  return gateway;
};

describe('a start', () => {
  it('logs its address, how to use it, its upstreams and where it stores its state', async () => {
    const started = await start();
    const messages = started.lines.map(({ msg }) => msg);
    expect(messages).toEqual([
      `Claude Code Proxy listens on ${started.url}`,
      `Claude Code: ANTHROPIC_BASE_URL=${started.url}/user/YOUR_NAME claude`,
      `Dashboard: ${started.url}/ui/`,
      expect.stringMatching(/^Admin token: in the file .+admin-token, made at this start$/),
      `anthropic: sends to ${anthropic.url}`,
      "Credential for Anthropic: the caller's own",
      `State: embedded store in ${join(started.directory, 'data')}`,
    ]);
    expect(started.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${started.url}/health`)).status).toBe(200);
  });

  it('logs that the port is open to the network, with an address to use', async () => {
    const { lines, port } = await start({ HOST: '0.0.0.0' });
    expect(lines.slice(0, 4).map(({ level, msg }) => [level, msg])).toEqual([
      ['info', `Claude Code Proxy listens on http://0.0.0.0:${port}`],
      ['info', 'The port is open to the network: other machines reach it under a name of this one'],
      ['info', `Claude Code: ANTHROPIC_BASE_URL=http://127.0.0.1:${port}/user/YOUR_NAME claude`],
      ['info', `Dashboard: http://127.0.0.1:${port}/ui/`],
    ]);
  });

  it.each(['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'])('warns of an open port if %s is set', async (name) => {
    const { lines } = await start({ HOST: '0.0.0.0', [name]: 'sk-op' });
    const warnings = lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg);
    expect(warnings).toEqual([
      expect.stringMatching(/open to the network .* each client that reaches the port spends that key$/),
    ]);
  });

  it('warns of a variable that is probably mistyped, from the environment and from .env', async () => {
    gateway = await BuiltGateway.spawn({ ANTHROPIC_UPSTREAM_ULR: 'x' }, (directory) =>
      writeFile(join(directory, '.env'), 'BEDROCK_FALBACK_ENABLED=false\n'),
    );
    await gateway.hasLogged('State:');
    expect(gateway.lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg)).toEqual([
      'ANTHROPIC_UPSTREAM_ULR is not a variable of the gateway and is ignored. Is ANTHROPIC_UPSTREAM_URL meant?',
      'BEDROCK_FALBACK_ENABLED is not a variable of the gateway and is ignored. Is BEDROCK_FALLBACK_ENABLED meant?',
    ]);
  });

  it.each(['the environment', '.env'])('mentions a variable of clients that is set in %s', async (place) => {
    const given = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' };
    const [variables, file] = place === '.env' ? [{}, `ANTHROPIC_BASE_URL=${given.ANTHROPIC_BASE_URL}\n`] : [given, ''];
    gateway = await BuiltGateway.spawn({ ANTHROPIC_UPSTREAM_URL: anthropic.url, ...variables }, (directory) =>
      writeFile(join(directory, '.env'), file),
    );
    await gateway.hasLogged('State:');
    expect(gateway.lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^ANTHROPIC_BASE_URL is for clients, .* Set ANTHROPIC_UPSTREAM_URL /),
    ]);
    expect(gateway.output).toContain(`anthropic: sends to ${anthropic.url}`);
  });

  it('warns of a drill that its environment has switched on', async () => {
    const { lines } = await start({ FORCE_RATE_LIMIT: 'true' });
    expect(lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg)).toEqual([
      'Drill: FORCE_RATE_LIMIT is on, anthropic is never asked',
    ]);
  });

  it("logs which callers an upstream at the operator's cost serves", async () => {
    const UPSTREAM_MODULES = join(import.meta.dirname, '../support/acme-upstream.mjs');
    const lineOf = async (environment: Record<string, string>) => {
      const { lines } = await start({ UPSTREAM_MODULES, ...environment });
      return lines.find(({ msg }) => /serves/.test(msg));
    };
    expect(await lineOf({ FALLBACK_CHAIN: 'anthropic,acme-by-name' })).toMatchObject({
      level: 'info',
      msg: 'As a fallback, acme-by-name serves credentials that are known only (FALLBACK_FOR=known)',
    });
    await gateway?.stop();
    expect(await lineOf({ FALLBACK_CHAIN: 'anthropic,acme-by-name', FALLBACK_FOR: 'anyone' })).toMatchObject({
      level: 'warn',
      msg: 'FALLBACK_FOR=anyone: as a fallback, acme-by-name serves any credential, also an invented one',
    });
    await gateway?.stop();
    expect(await lineOf({ FALLBACK_CHAIN: 'acme-by-name,anthropic' })).toMatchObject({
      level: 'warn',
      msg: 'acme-by-name is the first of FALLBACK_CHAIN: it serves every request with any credential',
    });
  }, 90_000);

  it('logs no warning if only this machine reaches the port', async () => {
    const { lines } = await start({ ANTHROPIC_API_KEY: 'sk-op' });
    expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

describe('a start that cannot succeed gives one clear message and exits with 1', () => {
  let occupier: Server;
  beforeAll(async () => {
    occupier = createServer().listen(0, '127.0.0.1');
    await once(occupier, 'listening');
  });
  afterAll(() => {
    occupier.close();
  });

  it('if the port is in use', async () => {
    const { port } = occupier.address() as AddressInfo;
    const { code, stdout, stderr } = await (await BuiltGateway.spawn({ PORT: String(port) })).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`Port ${port} is taken, maybe by another gateway. Take another one: PORT=${port + 1}\n`);
  });

  it('if the address belongs to another machine', async () => {
    const { code, stderr } = await (await BuiltGateway.spawn({ HOST: '192.0.2.1' })).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^192\.0\.2\.1 is not an address of this machine\..*: HOST=127\.0\.0\.1\n$/),
    ]);
  });

  it('if the configuration has faults: all of them, with variable, value and what is allowed', async () => {
    const faulty = {
      PORT: '99999',
      LOG_LEVEL: 'loud',
      TRUST_PROXY: '10.0.0.0/99',
      ANTHROPIC_UPSTREAM_URL: 'ftp://x',
      BEDROCK_FALLBACK_ENABLED: 'perhaps',
      ANTHROPIC_API_KEY: 'sk-ant-api03-hidden',
    };
    const { code, stdout, stderr } = await (await BuiltGateway.spawn(faulty)).ended;
    expect([code, stdout]).toEqual([1, '']);
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toBe('The configuration has 5 faults:');
    expect(lines.slice(1).sort()).toEqual([
      '  - ANTHROPIC_UPSTREAM_URL is "ftp://x"; allowed: an http or https URL without user, query or fragment',
      '  - BEDROCK_FALLBACK_ENABLED is "perhaps"; allowed: `true` or `false`',
      '  - LOG_LEVEL is "loud"; allowed: `debug`, `info`, `warn`, `error`, `silent`',
      '  - PORT is "99999"; allowed: a whole number from 0 to 65535',
      '  - TRUST_PROXY is "10.0.0.0/99"; allowed: IP addresses or CIDR ranges, separated by commas',
    ]);
    expect(stderr).not.toContain('hidden');
  });

  it('if the fault is in the .env file', async () => {
    const spawned = await BuiltGateway.spawn({}, (directory) =>
      writeFile(join(directory, '.env'), 'LOG_LEVEL=loud\nPORT=x\n'),
    );
    const { code, stderr } = await spawned.ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^The configuration has a fault:\n {2}- LOG_LEVEL is "loud".*\n$/),
    ]);
  });

  it('if the .env file cannot be read', async () => {
    const { code, stderr } = await (await BuiltGateway.spawn({}, (directory) => mkdir(join(directory, '.env')))).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^The configuration has a fault:\n.*\.env cannot be read.*\n$/),
    ]);
  });

  it.each([
    ['the chain has an unknown name', { FALLBACK_CHAIN: 'anthropic,unknown' }, /FALLBACK_CHAIN names "unknown"/],
    [
      'an upstream module is missing',
      { UPSTREAM_MODULES: 'no-such-package' },
      /UPSTREAM_MODULES names "no-such-package"/,
    ],
    ['the data directory cannot be one', { DATA_DIR: '/dev/null/data' }, /^\/dev\/null\/data.*\n$/],
    ['sign-in is half configured', { ALB_ARN: 'arn:aws:elasticloadbalancing:x' }, /ALB_OIDC_ISSUER .* go together/],
    ['the price list is not there', { PRICE_LIST_FILE: '/nowhere.json' }, /PRICE_LIST_FILE is "\/nowhere\.json"/],
    ['the file of models is not there', { MODELS_FILE: '/nowhere.json' }, /MODELS_FILE is "\/nowhere\.json": .*ENOENT/],
  ])('where %s', async (_name, environment, expected) => {
    const { code, stdout, stderr } = await (await BuiltGateway.spawn(environment)).ended;
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(expected)]);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
