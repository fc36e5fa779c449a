import type { ExchangeStep } from '@claude-proxy/upstream';
import { describeStep } from '@claude-proxy/upstream/testing';
import { afterAll } from '@jest/globals';
import { Exchange } from '../../apps/proxy/src/exchange/exchange.js';
import { MaskingStep } from '../../apps/proxy/src/masking/masking.step.js';
import { startGateway } from '../support/start-gateway.js';

const started = startGateway({ MASKING: 'aws', MASKING_SECRET: 'a-secret', MASKING_VAULT: 'memory' });
afterAll(async () => (await started).close());

describeStep('masking', async () => {
  const masking = (await started).app.get(MaskingStep);
  const text = 'in vpc-0a1b2c3d4e5f60718 as arn:aws:iam::204813579264:role/ci-deployer';
  const caller = () => ({
    user: 'contract',
    credential: undefined,
    signal: new AbortController().signal,
    exchange: new Exchange('contract', 'messages', '/v1/messages'),
  });
  return { step: masking as unknown as ExchangeStep, text, caller };
});
