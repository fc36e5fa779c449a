import { randomUUID } from 'node:crypto';
import { overloaded, rateLimited } from '@claude-proxy/simulator';
import {
  type Acceptance,
  notAccepted,
  type Readiness,
  Upstream,
  type UpstreamAnswer,
  type UpstreamProvider,
} from '@claude-proxy/upstream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { LiveController } from '../../apps/proxy/src/request-log/live.controller.js';
import { LiveFeed } from '../../apps/proxy/src/request-log/live.feed.js';
import { reportStartup } from '../../apps/proxy/src/server/startup-report.js';
import { postMessage } from '../support/post-message.js';
import { liveEventsOf } from '../support/read-sse.js';
import { eventually, figureOf, healthOf, linesOf } from '../support/recorded.js';
import { type Stage, startStage } from '../support/start-stage.js';

@Upstream('broken')
@Injectable()
class BrokenUpstream implements UpstreamProvider {
  accepts(): Acceptance {
    return notAccepted('broken takes nothing');
  }

  send(): Promise<UpstreamAnswer> {
    throw new Error('a fault of its own in send');
  }

  readiness(): Promise<Readiness> {
    throw new Error('a fault of its own in readiness');
  }
}

@Upstream('silent')
@Injectable()
class SilentUpstream extends BrokenUpstream {
  override accepts(): Acceptance {
    return { accepted: true };
  }

  override readiness(): Promise<Readiness> {
    return new Promise(() => {});
  }
}

@Module({ providers: [BrokenUpstream, SilentUpstream] })
class FaultyModule {}

let stage: Stage;
beforeEach(async () => {
  stage = await startStage({}, { upstreamModules: [FaultyModule] });
});
afterEach(() => stage.close());

const fail = () => {
  throw new Error('a fault of a listener');
};

describe('a listener that throws', () => {
  it('breaks no stream, and does not affect later listeners', async () => {
    const { gateway } = stage;
    gateway.app.get(ExchangeFeed).onFinished(fail);
    gateway.app.get(ExchangeFeed).onChange(fail);
    gateway.app.get(LiveFeed).listen(fail);
    const listening = new AbortController();
    const live = liveEventsOf(await fetch(`${gateway.url}/api/live`, { signal: listening.signal }));
    const finished: string[] = [];
    gateway.app.get(ExchangeFeed).onFinished(({ user }) => finished.push(user));
    const user = `user-${randomUUID()}`;
    // The listener runs in the middle of the exchange for a closed window, and after the last byte for its end.
    stage.anthropic.script(rateLimited({ retryAfterSeconds: 60 }));
    const answered = await postMessage(gateway, { user, isStream: true });
    expect(answered).toMatchObject({ status: 200, upstream: 'bedrock', fallback: 'rate_limited' });
    expect(answered.text.match(/event: message_stop/g)).toHaveLength(1);
    expect(answered.text).not.toContain('event: error');
    const heard: string[] = [];
    for await (const { name } of live) if (name && heard.push(name) && name === 'exchange') break;
    listening.abort();
    expect(heard).toContain('limits');
    gateway.app.get(ExchangeFeed).notifyOfEnded();
    expect(finished).toEqual([user]);
    expect(await figureOf(gateway, 'in_flight')).toBe(0);
    const lines = await eventually(
      () => linesOf(gateway, user),
      ({ length }) => length > 0,
    );
    expect(lines).toHaveLength(1);
    expect((await postMessage(gateway)).status).toBe(200);
  }, 90_000);
});

describe('a live feed', () => {
  it('gets no writes after its end during shutdown, which would be an uncaught error', async () => {
    const { app, url } = stage.gateway;
    const page = await fetch(`${url}/api/live`);
    app.get(LiveController).onModuleDestroy();
    app.get(ExchangeFeed).changed('limits');
    // An uncaught error would occur before the end and fail this test.
    expect(await page.text()).toBe(': connected\n\n');
  });
});

describe('a team’s upstream that throws', () => {
  it('in readiness is reported by /health/ready, like a silent one', async () => {
    await stage.restart({ FALLBACK_CHAIN: 'anthropic,broken,silent' });
    const health = await healthOf(stage.gateway);
    expect(health).toMatchObject({ codes: [200, 200], status: 'ready', store: 'ok' });
    expect(health.upstreams.slice(1)).toEqual([
      { name: 'broken', usable: false, detail: 'unknown, see the log' },
      { name: 'silent', usable: false, detail: 'no answer' },
    ]);
  }, 30_000);

  it('does not prevent the start of the gateway', async () => {
    await stage.restart({ FALLBACK_CHAIN: 'anthropic,broken' });
    const { url } = stage.gateway;
    expect(await reportStartup(stage.gateway.app)).toEqual({ url, dashboardUrl: `${url}/ui/`, hasFallback: false });
  }, 30_000);

  it('gives the caller the answer of the first upstream', async () => {
    await stage.restart({ FALLBACK_CHAIN: 'anthropic,broken,silent' });
    stage.anthropic.script(overloaded());
    const answered = await postMessage(stage.gateway);
    expect(answered).toMatchObject({ status: 529, upstream: 'anthropic' });
    expect((await postMessage(stage.gateway)).status).toBe(200);
  }, 30_000);
});
