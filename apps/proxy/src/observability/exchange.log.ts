import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type DestinationStream, type Logger, symbols } from 'pino';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { LOGGER } from './logger.token.js';

/**
 * One line per exchange: user, model, upstream, result. Never a credential, a prompt or an answer. Its fields have the
 * names and units of `GET /api/requests/{id}`; `account_decision` is the sentence of its `decision`, and `trace_id` and
 * `span_id` are those of its span, while telemetry is on.
 */
@Injectable()
export class ExchangeLog implements OnModuleInit {
  private readonly lines: DestinationStream;

  constructor(
    private readonly feed: ExchangeFeed,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.lines = (logger as unknown as Record<symbol, DestinationStream>)[symbols.streamSym]!;
  }

  onModuleInit(): void {
    this.feed.onFinished((exchange) => this.write(exchange));
  }

  private write(exchange: FinishedExchange): void {
    const hasGoneWell = exchange.outcome === 'completed' || exchange.outcome === 'aborted';
    const level = hasGoneWell ? 'info' : 'warn';
    if (this.logger.isLevelEnabled(level)) this.lines.write(lineOf(exchange, level, hasGoneWell ? CHECK : CROSS));
  }
}

/** Escaped, because one character that is not ASCII doubles the bytes of the whole line in V8, and its cost. */
const CHECK = '\\u2705';
const CROSS = '\\u274c';

/** The line that pino would write, from one call of `JSON.stringify`: half of its cost. */
function lineOf(exchange: FinishedExchange, level: string, mark: string): string {
  const facts = JSON.stringify({
    ...exchange.record,
    decision: undefined,
    account_decision: exchange.accountDecision?.sentence,
    prompt_cache: undefined,
    cache_break: exchange.promptCache?.cache_break ?? undefined,
    trace_id: exchange.trace?.traceId,
    span_id: exchange.trace?.spanId,
  });
  const message = JSON.stringify(sentenceOf(exchange));
  const time = new Date().toISOString();
  return `{"level":"${level}","time":"${time}",${facts.slice(1, -1)},"msg":"${mark} ${message.slice(1)}}\n`;
}

function sentenceOf({
  user,
  operation,
  model,
  outcome,
  status,
  upstream,
  fallbackReason,
  durationMs,
}: FinishedExchange): string {
  const what = operation === 'messages' ? model : operation;
  const who = upstream ? ` by ${upstream}` : '';
  const why = fallbackReason ? ` (${fallbackReason})` : '';
  return `${user} ${what ?? operation} ${outcome} ${status}${who}${why} in ${Math.round(durationMs)} ms`;
}
