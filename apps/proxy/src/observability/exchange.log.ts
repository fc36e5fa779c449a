import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Attempt, FinishedExchange } from '../exchange/exchange.js';
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

/** Fields have the names and units of `GET /api/requests/{id}`; `account_decision` is the sentence of its `decision`. */
function lineOf(exchange: FinishedExchange): Record<string, unknown> {
  return {
    id: exchange.id,
    user: exchange.user,
    operation: exchange.operation,
    path: exchange.path.split('?')[0],
    model: exchange.model,
    answered_model: exchange.answeredModel,
    is_stream: exchange.isStream,
    outcome: exchange.outcome,
    status: exchange.status,
    upstream: exchange.upstream,
    upstream_request_id: exchange.upstreamRequestId,
    fallback_reason: exchange.fallbackReason,
    is_fallback: exchange.isFallback || undefined,
    is_drill: exchange.isDrill || undefined,
    credential_fingerprint: exchange.credentialFingerprint,
    client_key: exchange.clientKeyId,
    team: exchange.team,
    account: exchange.account,
    account_decision: exchange.accountDecision?.sentence,
    attempts: exchange.attempts.map(attemptOf),
    usage: exchange.usage,
    cost_usd: typeof exchange.costNanoUsd === 'number' ? exchange.costNanoUsd / 1e9 : undefined,
    masking: exchange.masking,
    session: exchange.session,
    cache_break: exchange.promptCache?.cache_break ?? undefined,
    stop_reason: exchange.stopReason,
    request_bytes: exchange.requestBytes,
    answer_bytes: exchange.answerBytes,
    first_byte_ms: exchange.firstByteMs === undefined ? undefined : Math.round(exchange.firstByteMs),
    duration_ms: Math.round(exchange.durationMs),
    error: exchange.errorMessage,
  };
}

function attemptOf({ upstream, account, status, failure, reason, isDrill, leftOut, durationMs }: Attempt) {
  return {
    upstream,
    account,
    status,
    failure,
    reason,
    is_drill: isDrill,
    left_out: leftOut,
    duration_ms: Math.round(durationMs),
  };
}
