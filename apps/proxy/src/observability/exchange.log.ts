import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { LOGGER } from './logger.token.js';

/** One line per exchange: user, model, upstream, result. Never a credential, a prompt or an answer. */
@Injectable()
export class ExchangeLog implements OnModuleInit {
  constructor(
    private readonly feed: ExchangeFeed,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.feed.onFinished((exchange) => this.write(exchange));
  }

  private write(exchange: FinishedExchange): void {
    const hasGoneWell = exchange.outcome === 'completed' || exchange.outcome === 'aborted';
    const line = lineOf(exchange);
    if (hasGoneWell) this.logger.info(line, `✅ ${sentenceOf(exchange)}`);
    else this.logger.warn(line, `❌ ${sentenceOf(exchange)}`);
  }
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

function lineOf(exchange: FinishedExchange): Record<string, unknown> {
  return {
    exchange: exchange.id,
    user: exchange.user,
    operation: exchange.operation,
    path: exchange.path.split('?')[0],
    model: exchange.model,
    answeredModel: exchange.answeredModel,
    isStream: exchange.isStream,
    outcome: exchange.outcome,
    status: exchange.status,
    upstream: exchange.upstream,
    upstreamRequestId: exchange.upstreamRequestId,
    fallbackReason: exchange.fallbackReason,
    isDrill: exchange.isDrill || undefined,
    credential: exchange.credentialFingerprint,
    account: exchange.account,
    accountDecision: exchange.accountDecision?.sentence,
    attempts: exchange.attempts.map((attempt) => ({ ...attempt, durationMs: Math.round(attempt.durationMs) })),
    usage: exchange.usage,
    costNanoUsd: exchange.costNanoUsd ?? undefined,
    masking: exchange.masking,
    stopReason: exchange.stopReason,
    requestBytes: exchange.requestBytes,
    answerBytes: exchange.answerBytes,
    firstByteMs: exchange.firstByteMs === undefined ? undefined : Math.round(exchange.firstByteMs),
    durationMs: Math.round(exchange.durationMs),
    error: exchange.errorMessage,
  };
}
