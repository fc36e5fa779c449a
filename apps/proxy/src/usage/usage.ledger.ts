import { countOf } from '@claude-proxy/messages-api';
import type { TableDefinition, Write } from '@claude-proxy/storage';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Exchange } from '../exchange/exchange.js';
import { Recorder } from '../recording/recorder.js';
import { type UsageConfig, usageSection } from './usage.config.js';
import { COUNTERS, modelCounter, periodShardOf, usageKeyOf, usageTable } from './usage.table.js';

const TTL_SECONDS = 90 * 24 * 60 * 60;

/** Adds the tokens of every answer to its user's day. */
@Injectable()
export class UsageLedger implements OnModuleInit {
  private readonly table: TableDefinition;

  constructor(
    private readonly recorder: Recorder,
    @Inject(usageSection.token) private readonly config: UsageConfig,
  ) {
    this.table = usageTable(config.usageTable);
  }

  onModuleInit(): void {
    if (this.config.isTracking) this.recorder.addLedger((exchange) => this.writesOf(exchange));
  }

  private writesOf(exchange: Exchange): Write[] {
    const { user, usage, upstream, operation } = exchange;
    if (operation !== 'messages' || !usage || !upstream) return [];
    const period = new Date(exchange.startedAt).toISOString().slice(0, 10);
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const model = exchange.answeredModel ?? exchange.model ?? 'unknown';
    return [
      {
        kind: 'increment',
        table: this.table,
        key: { user_period: usageKeyOf(user, period, upstream) },
        add: countersOf(exchange, usage, model),
        set: {
          user_id: user,
          period,
          period_type: 'daily',
          period_shard: periodShardOf(period, user),
          request_type: upstream,
          model,
          last_updated_at: nowSeconds,
          ttl: nowSeconds + TTL_SECONDS,
        },
      },
    ];
  }
}

/** The day's counters, and the same once more for the model. */
function countersOf(exchange: Exchange, usage: NonNullable<Exchange['usage']>, model: string): Record<string, number> {
  const input = countOf(usage.input_tokens);
  const output = countOf(usage.output_tokens);
  const counts: Record<(typeof COUNTERS)[number], number> = {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    request_count: 1,
    cache_creation_input_tokens: countOf(usage.cache_creation_input_tokens),
    cache_read_input_tokens: countOf(usage.cache_read_input_tokens),
    cost_nano_usd: exchange.costNanoUsd ?? 0,
    unpriced_count: exchange.costNanoUsd === null ? 1 : 0,
  };
  const add: Record<string, number> = { ...counts };
  for (const name of COUNTERS) add[modelCounter(model, name)] = counts[name];
  return add;
}
