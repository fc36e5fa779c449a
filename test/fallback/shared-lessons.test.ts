import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validation } from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { type Stage, startStage } from '../support/start-stage.js';

const DRILL = { FORCE_RATE_LIMIT: 'true' };
const body = { metadata: { user_id: 'u' } };

let dataDirectory: string;
let stage: Stage;
let second: RunningGateway;
const { written } = adminApi(() => stage.gateway);

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'claude-proxy-lessons-'));
  stage = await startStage({ ...DRILL, DATA_DIR: dataDirectory });
  second = await startGateway({
    ...DRILL,
    DATA_DIR: dataDirectory,
    ANTHROPIC_UPSTREAM_URL: stage.anthropic.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: stage.bedrock.url,
  });
});
afterAll(async () => {
  await second.close();
  await stage.close();
  await rm(dataDirectory, { recursive: true, force: true });
});

const sent = () => stage.bedrock.requests.map(({ json }) => 'metadata' in json!);

describe('a field that Bedrock refuses in one task', () => {
  it('is dropped by the other task from its first request on', async () => {
    stage.bedrock.script(validation('metadata: Extra inputs are not permitted'));
    expect(await postMessage(stage.gateway, { body })).toMatchObject({ status: 200, upstream: 'bedrock' });
    expect(sent()).toEqual([true, false]);
    await written();
    expect(await postMessage(second, { body })).toMatchObject({ status: 200, upstream: 'bedrock' });
    expect(sent()).toEqual([true, false, false]);
  });
});
