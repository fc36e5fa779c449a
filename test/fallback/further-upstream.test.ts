import { join } from 'node:path';
import { type AnthropicSimulator, overloaded, startAnthropicSimulator } from '@claude-proxy/simulator';
import {
  ACCEPTED,
  type Acceptance,
  bodyOfBytes,
  notAccepted,
  Upstream,
  type UpstreamAnswer,
  type UpstreamProvider,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { startGateway } from '../support/start-gateway.js';

/** A team adds an upstream with this class and its module, without a change in the gateway. */
@Upstream('acme')
@Injectable()
class AcmeUpstream implements UpstreamProvider {
  accepts(request: UpstreamRequest): Acceptance {
    return request.model.includes('haiku') ? notAccepted('acme has no haiku') : ACCEPTED;
  }

  async send(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const message = { type: 'message', model: request.model, content: [{ type: 'text', text: 'Hello from Acme.' }] };
    return { status: 200, headers: ['content-type', 'application/json'], body: bodyOfBytes(JSON.stringify(message)) };
  }
}

@Module({ providers: [AcmeUpstream] })
class AcmeModule {}

@Upstream('acme')
@Injectable()
class Impostor extends AcmeUpstream {}

@Module({ providers: [Impostor] })
class ImpostorModule {}

const upstreamModules = [AcmeModule];
let anthropic: AnthropicSimulator;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
  anthropic.setDefault(overloaded());
});
afterAll(() => anthropic.close());

const start = (chain: string) =>
  startGateway({ ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: chain }, { upstreamModules });

describe('an upstream of a team', () => {
  it('answers as a fallback if FALLBACK_CHAIN lists it', async () => {
    const gateway = await start('anthropic,acme');
    const answered = await postMessage(gateway);
    expect(answered).toMatchObject({ status: 200, upstream: 'acme', fallback: 'overloaded' });
    expect(answered.text).toContain('Hello from Acme.');
    await gateway.close();
  });

  it('can be the only one in the chain, and then accepts any credential', async () => {
    const gateway = await start('acme');
    expect(await postMessage(gateway, { apiKey: null })).toMatchObject({ status: 401 });
    expect(await postMessage(gateway)).toMatchObject({ upstream: 'acme', fallback: null });
    await gateway.close();
  });

  it('serves no credential that Anthropic refuses', async () => {
    const strict = await startAnthropicSimulator({ knownCredentials: ['sk-ant-good'] });
    strict.scriptAt('/v1/messages', overloaded());
    const environment = { ANTHROPIC_UPSTREAM_URL: strict.url, FALLBACK_CHAIN: 'anthropic,acme' };
    const gateway = await startGateway(environment, { upstreamModules });
    const answered = await postMessage(gateway, { apiKey: 'sk-ant-made-up' });
    expect(answered).toMatchObject({ status: 529, upstream: 'anthropic' });
    expect(answered.fallback).toContain('acme: rejected: unknown credential');
    await gateway.close();
    await strict.close();
  });

  it('is skipped with its reason if it does not accept a request', async () => {
    const gateway = await start('anthropic,acme');
    const answered = await postMessage(gateway, { model: 'claude-haiku-5-5' });
    expect(answered).toMatchObject({
      status: 529,
      upstream: 'anthropic',
      fallback: expect.stringContaining('acme has no haiku'),
    });
    await gateway.close();
  });

  it('is a filter value of usage and the request log, in the chain or not', async () => {
    const gateway = await start('anthropic');
    const { ask } = adminApi(() => gateway);
    expect((await ask('/v1/usage?request_type=acme')).status).toBe(200);
    expect((await ask('/api/requests?upstream=acme')).status).toBe(200);
    expect((await ask('/v1/usage?request_type=amce')).json.error.message).toContain('acme');
    await gateway.close();
  });

  it('is loaded from the module in UPSTREAM_MODULES', async () => {
    const module = join(import.meta.dirname, '../support/acme-upstream.mjs');
    const gateway = await startGateway({ UPSTREAM_MODULES: module, FALLBACK_CHAIN: 'acme-by-name' });
    expect(await postMessage(gateway)).toMatchObject({ status: 200, upstream: 'acme-by-name' });
    await gateway.close();
  });
});

describe('the gateway does not start with', () => {
  it.each([
    ['an unknown name in the chain', 'anthropic,unknown', /names "unknown"; known are: .*acme.*/],
    ['a name twice in the chain', 'anthropic,acme,acme', /"acme" twice/],
    ['an empty chain', ',', /FALLBACK_CHAIN is empty/],
  ])('%s', async (_name, chain, message) => {
    await expect(start(chain)).rejects.toThrow(message);
  });

  it('two upstreams of one name', async () => {
    const modules = [AcmeModule, ImpostorModule];
    await expect(startGateway({}, { upstreamModules: modules })).rejects.toThrow(/two upstreams are named "acme"/);
  });

  it('a module that cannot be loaded', async () => {
    await expect(startGateway({ UPSTREAM_MODULES: './no-such-module.js' })).rejects.toThrow(/no-such-module/);
  });
});
