import { ClaudeModels, type EndOfLife, endOfLifeOf } from '@claude-proxy/claude-models';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';

const WARN_EVERY_MS = 24 * 60 * 60_000;
/** Bounded, because model names come from clients. */
const MAX_WARNINGS = 1_000;

/** Logs once per day and model if a used model retires soon, or if its answers have no price. */
@Injectable()
export class ModelWarnings implements OnModuleInit {
  private readonly logger = new Logger('Models');
  private readonly warnedAtMs = new Map<string, number>();

  constructor(
    private readonly feed: ExchangeFeed,
    private readonly models: ClaudeModels,
  ) {}

  onModuleInit(): void {
    this.feed.onFinished((exchange) => this.look(exchange));
  }

  private look({ operation, usage, model, answeredModel, costNanoUsd, upstream }: FinishedExchange): void {
    const name = answeredModel ?? model;
    if (operation !== 'messages' || !usage || !name) return;
    if (costNanoUsd === null) {
      const advice = 'costs do not include its answers. MODELS_FILE or PRICE_LIST_FILE can add a price';
      this.warn(`price of ${name} at ${upstream}`, () => `${name} has no price at ${upstream}: ${advice}.`);
    }
    this.warn(`end of ${name}`, () => endSentence(endOfLifeOf(this.models.named(name), Date.now())));
  }

  private warn(subject: string, sentence: () => string | undefined): void {
    const nowMs = performance.now();
    const isDue = nowMs - (this.warnedAtMs.get(subject) ?? Number.NEGATIVE_INFINITY) >= WARN_EVERY_MS;
    if (!isDue || this.warnedAtMs.size >= MAX_WARNINGS) return;
    this.warnedAtMs.set(subject, nowMs);
    const text = sentence();
    if (text) this.logger.warn(text);
  }
}

function endSentence(end: EndOfLife | undefined): string | undefined {
  if (!end) return undefined;
  const when = end.days < 0 ? `was retired on ${end.retires}` : `retires on ${end.retires}, in ${end.days} days`;
  return `${end.model} ${when} at the Claude API${end.successor ? `; its successor is ${end.successor}` : ''}.`;
}
