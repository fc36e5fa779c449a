import { raw } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MaskVault, type VaultStore } from '../../apps/proxy/src/masking/vault/mask-vault.js';
import { MemoryStore } from '../../apps/proxy/src/masking/vault/memory.store.js';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { startGateway } from '../support/start-gateway.js';
import { hasRedis, type RunningRedis, startRedis } from '../support/start-redis.js';
import { type Stage, startStage } from '../support/start-stage.js';

const describeWithRedis = hasRedis() ? describe : describe.skip;
if (!hasRedis()) process.stderr.write('SKIPPED: this machine has no redis-server (apt-get install redis-server)\n');

const VPC = 'vpc-0a1b2c3d4e5f60718';
const BATCHES = '/v1/messages/batches';
const PAIRS = [{ original: VPC, placeholder: 'vpc-f000000000000000f', isSecret: false }];

describe('a vault', () => {
  const kept: string[] = [];
  const memory = new MemoryStore();
  const store: VaultStore = {
    put: (id, text) => {
      kept.push(text);
      return memory.put(id, text);
    },
    take: (id) => memory.take(id),
  };
  const vault = new MaskVault(store, (tenant) => Buffer.alloc(32, tenant));

  it('keeps originals encrypted, and for their tenant alone', async () => {
    await vault.keep('core', 'batch', PAIRS);
    expect(kept.join('')).not.toContain(VPC);
    expect(await vault.recall('core', 'batch')).toEqual(PAIRS);
    expect(await vault.recall('lab', 'batch')).toBeUndefined();
    expect(await vault.recall('core', 'another')).toBeUndefined();
  });
});

describeWithRedis('a vault in Redis', () => {
  let redis: RunningRedis;
  let stage: Stage;
  beforeAll(async () => {
    redis = await startRedis();
    stage = await startStage({ MASKING: 'aws', MASKING_VAULT: 'redis', REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await stage.close();
    await redis.stop();
  });
  beforeEach(() => stage.anthropic.reset());

  const post = () => {
    const params = { ...MESSAGE, messages: [{ role: 'user', content: VPC }] };
    return postJson(`${stage.gateway.url}${BATCHES}`, { requests: [{ custom_id: 'a', params }] });
  };
  const results = () => fetch(`${stage.gateway.url}${BATCHES}/msgbatch_1/results`, { headers: CLIENT_HEADERS });
  const stageBatch = () => {
    const headers = { 'content-type': 'application/json' };
    const body = '{"id":"msgbatch_1","type":"message_batch"}';
    stage.anthropic.scriptAt(BATCHES, raw({ status: 200, headers, body }));
  };
  const stageResults = (text: string) => {
    const result = { type: 'succeeded', message: { content: [{ type: 'text', text }] } };
    const body = `${JSON.stringify({ custom_id: 'a', result })}\n`;
    stage.anthropic.scriptAt(
      `${BATCHES}/msgbatch_1/results`,
      raw({ status: 200, headers: { 'content-type': 'application/x-jsonl' }, body }),
    );
  };

  it('restores the results of a batch', async () => {
    stageBatch();
    await (await post()).text();
    const sent = JSON.parse(String((await stage.anthropic.requestAt(0)).body)).requests[0].params.messages[0].content;
    expect(sent).not.toBe(VPC);
    stageResults(`in ${sent}`);
    expect(await (await results()).text()).toContain(`in ${VPC}`);
  });

  it('M11 that is away refuses a batch and its results, and nothing leaves', async () => {
    await redis.stop();
    for (const refused of [await post(), await results()]) {
      expect(refused.status).toBe(503);
      expect(refused.headers.get('x-should-retry')).toBe('false');
      expect(((await refused.json()) as { error: { type: string } }).error.type).toBe('api_error');
    }
    expect(stage.anthropic.requests).toHaveLength(0);
  });

  it('needs a Redis at the start', async () => {
    await expect(startGateway({ MASKING: 'aws', MASKING_VAULT: 'redis' })).rejects.toThrow(/REDIS_URL is not set/);
  });
});
