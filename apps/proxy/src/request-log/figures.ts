import type { ErrorCount, Figures } from '@claude-proxy/admin-api';
import { countOf, type Usage } from '@claude-proxy/messages-api';
import type { Item } from '@claude-proxy/storage';
import type { FinishedExchange } from '../exchange/exchange.js';
import { allTokensOf, costOf, isAnswer } from '../recording/definitions.js';
import { sumOf } from '../recording/sums.js';
import { isCallersError } from './callers-error.js';
import { errorIn, errorOf } from './error-reason.js';
import { Histogram, stepOf } from './histogram.js';

const COUNTERS = [
  'requests',
  'answers',
  'errors',
  'caller_errors',
  'fallbacks',
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cost_nano_usd',
  'unpriced_requests',
  'fallback_cost_nano_usd',
  'cache_saved_nano_usd',
  'cache_lost_nano_usd',
  'answered',
  'duration_ms',
  'generating_ms',
  'generated_tokens',
] as const;
type Counter = (typeof COUNTERS)[number];

/** Short, because an item has up to a hundred of them. */
const FIRST_BYTE = 'f#';
const DURATION = 'd#';
/** Followed by the status and the reason of an error. */
const ERROR = 'e#';
/** In items of earlier versions, whose steps were wider. */
const OLD_FIRST_BYTE = 'first_byte#';
const OLD_DURATION = 'duration#';

type Counts = Record<Counter, number>;

/** What figures count of an exchange. */
export type CountedExchange = Pick<
  FinishedExchange,
  | 'outcome'
  | 'status'
  | 'attempts'
  | 'hasOperatorCredential'
  | 'isFallback'
  | 'upstream'
  | 'usage'
  | 'costNanoUsd'
  | 'cacheSavingNanoUsd'
  | 'firstByteMs'
  | 'durationMs'
>;

/** The sum of finished exchanges in one period. Durations are counted in the steps of a histogram. */
export class FigureAddition {
  private readonly counts = emptyCounts();
  private readonly firstByte = new Histogram();
  private readonly duration = new Histogram();
  private readonly errors = new Map<string, number>();

  addExchange(exchange: CountedExchange): void {
    const { counts } = this;
    const { outcome, isFallback, usage, firstByteMs, durationMs } = exchange;
    counts.requests += 1;
    if (isAnswer(exchange)) counts.answers += 1;
    if (outcome === 'refused' || outcome === 'broken') this.addError(errorOf(exchange));
    if (isCallersError(exchange)) counts.caller_errors += 1;
    if (isFallback) counts.fallbacks += 1;
    this.addCost(exchange);
    if (usage) this.addTokens(usage);
    const isAnswered = outcome === 'completed' && firstByteMs !== undefined;
    if (isAnswered) this.addAnswer(firstByteMs, durationMs, countOf(usage?.output_tokens));
  }

  addAll({ counts, firstByte, duration, errors }: FigureAddition): void {
    for (const name of COUNTERS) this.counts[name] += counts[name];
    for (const [step, count] of firstByte) this.firstByte.add(step, count);
    for (const [step, count] of duration) this.duration.add(step, count);
    for (const [error, count] of errors) this.errors.set(error, (this.errors.get(error) ?? 0) + count);
  }

  /** Omits zeros: a missing counter counts as zero, and each attribute of an item costs time. */
  attributes(hasHistograms: boolean): Record<string, number> {
    const attributes: Record<string, number> = {};
    for (const name of COUNTERS) if (this.counts[name] !== 0) attributes[name] = this.counts[name];
    if (!hasHistograms) return attributes;
    for (const [step, count] of this.firstByte) attributes[FIRST_BYTE + step] = count;
    for (const [step, count] of this.duration) attributes[DURATION + step] = count;
    for (const [error, count] of this.errors) attributes[ERROR + error] = count;
    return attributes;
  }

  private addError(error: string): void {
    this.counts.errors += 1;
    this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
  }

  private addCost({ costNanoUsd, isFallback, cacheSavingNanoUsd }: CountedExchange): void {
    const { counts } = this;
    if (costNanoUsd === null) counts.unpriced_requests += 1;
    counts.cost_nano_usd += costNanoUsd ?? 0;
    if (isFallback) counts.fallback_cost_nano_usd += costNanoUsd ?? 0;
    // A sum in a table is never negative.
    if (cacheSavingNanoUsd > 0) counts.cache_saved_nano_usd += cacheSavingNanoUsd;
    else counts.cache_lost_nano_usd -= cacheSavingNanoUsd;
  }

  private addTokens(usage: Usage): void {
    const { counts } = this;
    counts.input_tokens += countOf(usage.input_tokens);
    counts.output_tokens += countOf(usage.output_tokens);
    counts.cache_creation_input_tokens += countOf(usage.cache_creation_input_tokens);
    counts.cache_read_input_tokens += countOf(usage.cache_read_input_tokens);
  }

  private addAnswer(firstByteMs: number, durationMs: number, outputTokens: number): void {
    const { counts } = this;
    counts.answered += 1;
    counts.duration_ms += Math.round(durationMs);
    counts.generated_tokens += outputTokens;
    if (outputTokens > 0) counts.generating_ms += Math.max(1, Math.round(durationMs));
    this.firstByte.add(stepOf(firstByteMs), 1);
    this.duration.add(stepOf(durationMs), 1);
  }
}

/** A sum of figures. */
export class FigureSum {
  private readonly counts = emptyCounts();
  private readonly firstByte = new Histogram();
  private readonly duration = new Histogram();
  private readonly errors = new Map<string, number>();

  add(item: Item): void {
    for (const name of COUNTERS) this.counts[name] += sumOf(item[name]);
    for (const [attribute, value] of Object.entries(item)) {
      const end = attribute.indexOf('#') + 1;
      if (end === 0) continue;
      if (attribute.startsWith(ERROR)) this.addErrors(attribute.slice(end), sumOf(value));
      else this.addStep(attribute.slice(0, end), Number(attribute.slice(end)), sumOf(value));
    }
  }

  private addErrors(error: string, count: number): void {
    this.errors.set(error, (this.errors.get(error) ?? 0) + count);
  }

  private addStep(histogram: string, step: number, count: number): void {
    if (histogram === FIRST_BYTE) this.firstByte.add(step, count);
    else if (histogram === DURATION) this.duration.add(step, count);
    else if (histogram === OLD_FIRST_BYTE) this.firstByte.addOld(step, count);
    else if (histogram === OLD_DURATION) this.duration.addOld(step, count);
  }

  /** Without percentiles: their steps are not added. */
  addSum({ counts }: FigureSum): void {
    for (const name of COUNTERS) this.counts[name] += counts[name];
  }

  get requests(): number {
    return this.counts.requests;
  }

  get costUsd(): number {
    return this.counts.cost_nano_usd / 1e9;
  }

  /** By status and reason, most first. */
  get errorCounts(): ErrorCount[] {
    return [...this.errors]
      .map(([error, requests]) => ({ ...errorIn(error), requests }))
      .sort((a, b) => b.requests - a.requests);
  }

  get averageDurationMs(): number {
    return this.counts.answered === 0 ? 0 : Math.round(this.counts.duration_ms / this.counts.answered);
  }

  figures(): Figures {
    const { counts } = this;
    const input = counts.input_tokens + counts.cache_creation_input_tokens + counts.cache_read_input_tokens;
    return {
      requests: counts.requests,
      answers: counts.answers,
      errors: counts.errors,
      caller_errors: counts.caller_errors,
      fallbacks: counts.fallbacks,
      input_tokens: counts.input_tokens,
      output_tokens: counts.output_tokens,
      cache_creation_input_tokens: counts.cache_creation_input_tokens,
      cache_read_input_tokens: counts.cache_read_input_tokens,
      all_tokens: allTokensOf(counts),
      cost_usd: costOf(counts.cost_nano_usd, counts.unpriced_requests),
      unpriced_requests: counts.unpriced_requests,
      fallback_cost_usd: counts.fallback_cost_nano_usd / 1e9,
      cache_saved_usd: (counts.cache_saved_nano_usd - counts.cache_lost_nano_usd) / 1e9,
      first_byte_ms: this.firstByte.percentiles(),
      duration_ms: this.duration.percentiles(),
      output_tokens_per_second:
        counts.generating_ms === 0 ? null : (counts.generated_tokens * 1_000) / counts.generating_ms,
      cache_hit_share: input === 0 ? null : counts.cache_read_input_tokens / input,
    };
  }
}

function emptyCounts(): Counts {
  return Object.fromEntries(COUNTERS.map((name) => [name, 0])) as Counts;
}

/** Sums by name: an upstream, a model, a user. */
export class FigureTally {
  private readonly byName = new Map<string, FigureSum>();

  add(name: string, item: Item): void {
    let sum = this.byName.get(name);
    if (!sum) {
      sum = new FigureSum();
      this.byName.set(name, sum);
    }
    sum.add(item);
  }

  get size(): number {
    return this.byName.size;
  }

  /** Sorted by requests, most first. */
  toRecord(): Record<string, Figures> {
    const entries = [...this.byName].map(([name, sum]) => [name, sum.figures()] as const);
    return Object.fromEntries(entries.sort(([, a], [, b]) => b.requests - a.requests));
  }
}
