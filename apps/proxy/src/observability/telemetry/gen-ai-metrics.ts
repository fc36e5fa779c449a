import { countOf } from '@claude-proxy/messages-api';
import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { Attempt, FinishedExchange } from '../../exchange/exchange.js';
import { ModelLabels } from '../model-labels.js';
import { errorTypeOfAnswer, inputTokensOf, modelNameOf, operationNameOf, providerOf } from './span-attributes.js';

/** Bounds that the GenAI conventions give for durations, in seconds, and for tokens. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
/** Ours go on, because answers of agents take minutes. */
const REQUEST_SECONDS = [...SECONDS, 163.84, 327.68, 655.36];

/** The metrics of the GenAI conventions, per attempt that was sent, and three of ours, per request. No user is an attribute. */
export class GenAiMetrics {
  private readonly requestModels = new ModelLabels();
  private readonly responseModels = new ModelLabels();
  private readonly duration: Histogram;
  private readonly firstChunk: Histogram;
  private readonly tokens: Histogram;
  private readonly requests: Histogram;
  private readonly fallbacks: Counter;
  private readonly cost: Counter;

  constructor(meter: Meter) {
    const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
      meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
    this.duration = histogram('gen_ai.client.operation.duration', 's', 'GenAI operation duration.', SECONDS);
    this.firstChunk = histogram(
      'gen_ai.client.operation.time_to_first_chunk',
      's',
      'Time to receive the first chunk of a streamed answer.',
      SECONDS,
    );
    this.tokens = histogram('gen_ai.client.token.usage', '{token}', 'Number of input and output tokens used.', TOKENS);
    this.requests = histogram(
      'claude_proxy.request.duration',
      's',
      'Time from a request to the end of its answer, with all attempts.',
      REQUEST_SECONDS,
    );
    this.fallbacks = meter.createCounter('claude_proxy.fallbacks', {
      unit: '{request}',
      description: 'Requests that a fallback upstream answered.',
    });
    this.cost = meter.createCounter('claude_proxy.cost', {
      unit: '{USD}',
      description: 'Cost of answers whose price is known.',
    });
  }

  record(exchange: FinishedExchange): void {
    const { operation, outcome, status, upstream, durationMs } = exchange;
    this.requests.record(durationMs / 1_000, {
      'claude_proxy.operation': operation,
      'claude_proxy.outcome': outcome,
      'http.response.status_code': status,
      ...(upstream !== undefined && { 'claude_proxy.upstream': upstream }),
    });
    const operationName = operationNameOf(operation);
    if (operationName === undefined) return;
    const labels = {
      'gen_ai.operation.name': operationName,
      'gen_ai.request.model': this.requestModels.labelFor(modelNameOf(exchange.model), exchange.usage !== undefined),
    };
    for (const attempt of exchange.attempts) if (!attempt.isDrill) this.recordAttempt(exchange, attempt, labels);
  }

  private recordAttempt(exchange: FinishedExchange, attempt: Attempt, labels: Attributes): void {
    const provider = { ...labels, 'gen_ai.provider.name': providerOf(attempt.upstream) };
    if (attempt.startedMs === undefined) {
      const error = { 'error.type': attempt.failure ?? 'unknown' };
      this.duration.record(attempt.durationMs / 1_000, { ...provider, ...error });
      return;
    }
    const { usage, answeredModel, model, durationMs, isStream } = exchange;
    const error = errorTypeOfAnswer(exchange);
    const answered = {
      ...provider,
      'gen_ai.response.model': this.responseModels.labelFor(modelNameOf(answeredModel ?? model), usage !== undefined),
    };
    const ended = error === undefined ? answered : { ...answered, 'error.type': error };
    this.duration.record(Math.max(0, durationMs - attempt.startedMs) / 1_000, ended);
    if (isStream) this.firstChunk.record(attempt.durationMs / 1_000, answered);
    if (usage) this.recordUsage(exchange, usage, answered);
  }

  private recordUsage(
    { isFallback, costNanoUsd }: FinishedExchange,
    usage: NonNullable<FinishedExchange['usage']>,
    answered: Attributes,
  ): void {
    this.tokens.record(inputTokensOf(usage), { ...answered, 'gen_ai.token.type': 'input' });
    this.tokens.record(countOf(usage.output_tokens), { ...answered, 'gen_ai.token.type': 'output' });
    if (isFallback) this.fallbacks.add(1, answered);
    if (costNanoUsd) this.cost.add(costNanoUsd / 1e9, answered);
  }
}
