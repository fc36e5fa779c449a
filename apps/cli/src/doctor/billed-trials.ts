import type { FallbackTrial } from '@claude-proxy/admin-api';
import type { AdminClient } from '@claude-proxy/admin-client';
import { confirm } from '../core/ask.js';
import type { Context, Input } from '../core/command.js';
import { listOption } from '../core/options.js';

/** Undefined if the person does not want to pay. */
export async function billedTrials(context: Context, input: Input): Promise<readonly FallbackTrial[] | undefined> {
  const client = await context.client();
  const models = listOption(input, 'models') ?? (await bedrockModels(client));
  const question = `Ask the fallback upstreams for a short answer of ${models.length} models (less than $0.01 in all)?`;
  if (!(await confirm(context, input, question))) return undefined;
  const trials: FallbackTrial[] = [];
  for (const model of models) {
    context.note(`${model} ...`);
    trials.push(...(await client.tryFallback(model)).trials);
  }
  return trials;
}

/** Those that Bedrock has a price for, newest first as the list has them. */
async function bedrockModels(client: AdminClient): Promise<string[]> {
  const { prices } = await client.prices();
  return [...new Set(prices.filter(({ upstream }) => upstream.startsWith('bedrock')).map(({ model }) => model))];
}
