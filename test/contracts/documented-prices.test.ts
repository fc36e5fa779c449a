import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Prices } from '@claude-proxy/upstream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyModule } from '../../apps/proxy/src/config/declarations.js';
import { CostService } from '../../apps/proxy/src/prices/cost.service.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const PAGE = new URL('../../docs/extending.md', import.meta.url);

class FailingPrices {
  costOf(): number {
    throw new Error('the contract cannot be read');
  }
}
Prices()(FailingPrices);

let directory: string;
let gateway: RunningGateway;

/** The block of the page that has `@Prices()`. */
async function documentedPrices(): Promise<AnyModule> {
  const blocks = [...(await readFile(PAGE, 'utf8')).matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!);
  await writeFile(join(directory, 'prices.ts'), blocks.find((code) => code.includes('@Prices()'))!);
  const { AcmePrices } = await import(join(directory, 'prices.ts'));
  class PricesModule {}
  return { module: PricesModule, providers: [FailingPrices, AcmePrices] } as unknown as AnyModule;
}

beforeAll(async () => {
  directory = await mkdtemp(join(import.meta.dirname, 'prices-'));
  gateway = await startGateway({}, { upstreamModules: [await documentedPrices()] });
});
afterAll(async () => {
  await gateway?.close();
  await rm(directory, { recursive: true });
});

describe('the prices of docs/extending.md', () => {
  const costOf = (upstream: string, answeredModel: string) =>
    gateway.app.get(CostService).costOf({
      user: 'alice',
      upstream,
      answeredModel,
      usage: { input_tokens: 1_000, output_tokens: 2_000 },
    } as Parameters<CostService['costOf']>[0]);

  it('rule where they know the answer, also for a model without a row', () => {
    expect(costOf('acme', 'acme-large')).toBe(2_000_000);
  });

  it('leave every other answer to the price list', () => {
    expect(costOf('anthropic', 'claude-opus-5-5')).toBeGreaterThan(0);
    expect(costOf('anthropic', 'a-model-without-a-row')).toBeNull();
  });
});
