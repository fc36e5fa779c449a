import { Counter, type Registry } from 'prom-client';
import type { FinishedExchange } from '../exchange/exchange.js';

/** Breaks of prompt caches by their reason. Sessions are not labels: their number is unbounded. */
export class SessionMetrics {
  private readonly breaks: Counter<'reason'>;
  private readonly lostTokens: Counter<'reason'>;
  private readonly lostUsd: Counter<'reason'>;

  constructor(registry: Registry) {
    const counter = (name: string, help: string) =>
      new Counter({ name: `claude_proxy_cache_${name}`, help, labelNames: ['reason'], registers: [registry] });
    this.breaks = counter('breaks_total', 'Requests that read less from the prompt cache than was left there.');
    this.lostTokens = counter('lost_tokens_total', 'Tokens that were sent again and not read from the prompt cache.');
    this.lostUsd = counter('lost_usd_total', 'Price of these tokens above the price of reading them.');
  }

  count({ promptCache }: FinishedExchange): void {
    const found = promptCache?.cache_break;
    if (!found) return;
    const { reason, lost_tokens, lost_usd } = found;
    this.breaks.inc({ reason: reason.kind });
    this.lostTokens.inc({ reason: reason.kind }, lost_tokens);
    if (lost_usd !== null) this.lostUsd.inc({ reason: reason.kind }, lost_usd);
  }
}
