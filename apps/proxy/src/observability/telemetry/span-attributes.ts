import { countOf, type Usage } from '@claude-proxy/messages-api';
import type { Operation } from '@claude-proxy/upstream';
import type { Attributes } from '@opentelemetry/api';
import type { FinishedExchange } from '../../exchange/exchange.js';
import type { TracedAttempt } from '../../exchange/request-trace.js';

/**
 * Names, ids, counts and times: never a text of a request, an answer or an error, which may quote a request.
 * The names are those of the GenAI and HTTP conventions; `claude_proxy.*` are ours.
 */

/** For names of models, which come from clients. */
const MAX_MODEL_CHARACTERS = 128;
const AWS_ACCOUNT = /(?<!\d)\d{12}(?!\d)/g;
/** What an id has. Anything else in its place may be a text. */
const ID = /^[\w.:-]{1,128}$/;
/** Other reasons of a fallback are sentences, and other stop reasons a text of an upstream. */
const REASON = /^[a-z_]{1,40}$/;
const PROVIDERS: ReadonlyMap<string, string> = new Map([['bedrock', 'aws.bedrock']]);

/** `gen_ai.provider.name` of an upstream. */
export function providerOf(upstream: string): string {
  return PROVIDERS.get(upstream) ?? upstream;
}

/** `gen_ai.operation.name`; undefined for what the gateway relays without knowing what it is. */
export function operationNameOf(operation: Operation | 'relay'): string | undefined {
  if (operation === 'relay') return undefined;
  return operation === 'messages' ? 'chat' : operation;
}

/** The name of a model can be an ARN, which has the number of an AWS account. */
export function modelNameOf(model: string | undefined): string | undefined {
  return model?.slice(0, MAX_MODEL_CHARACTERS).toWellFormed().replace(AWS_ACCOUNT, 'account');
}

/** The name of a span: the conventions want few different ones. */
export function spanNameOf(operation: Operation | 'relay', model: string | undefined, method: string): string {
  const name = operationNameOf(operation);
  if (name === undefined) return method;
  return model === undefined ? name : `${name} ${modelNameOf(model)}`;
}

/** Of the span of a request. Tokens are on its attempts only, so that sums over all spans are right. */
export function requestAttributes(exchange: FinishedExchange): Attributes {
  const { record, status, outcome, operation, upstream, costNanoUsd } = exchange;
  return withoutUnknown({
    'url.path': record.path,
    'http.response.status_code': status || undefined,
    'error.type': errorTypeOfRequest(exchange),
    'gen_ai.operation.name': operationNameOf(operation),
    'gen_ai.provider.name': upstream && providerOf(upstream),
    'gen_ai.request.model': modelNameOf(exchange.model),
    'gen_ai.conversation.id': idOf(record.session),
    'user.id': record.user,
    'claude_proxy.request.id': exchange.id,
    'claude_proxy.outcome': outcome,
    'claude_proxy.team': record.team,
    'claude_proxy.client_key.id': record.client_key,
    'claude_proxy.account': record.account,
    'claude_proxy.is_fallback': record.is_fallback,
    'claude_proxy.fallback_reason': REASON.test(record.fallback_reason ?? '') ? record.fallback_reason : undefined,
    'claude_proxy.is_drill': record.is_drill,
    'claude_proxy.cost_usd': typeof costNanoUsd === 'number' ? costNanoUsd / 1e9 : undefined,
    'claude_proxy.cache_break': record.cache_break,
  });
}

/** Of an attempt that failed. */
export function failureAttributes({ status, failure, isDrill, account }: TracedAttempt): Attributes {
  return withoutUnknown({
    'http.response.status_code': status,
    'error.type': failure,
    'claude_proxy.account': account,
    'claude_proxy.is_drill': isDrill || undefined,
  });
}

/** Of the attempt whose answer the caller got. @param attempt undefined for what is relayed */
export function answerAttributes(exchange: FinishedExchange, attempt: TracedAttempt | undefined): Attributes {
  const { usage, isStream, outcome, stopReason } = exchange;
  return withoutUnknown({
    'http.response.status_code': attempt?.status ?? (exchange.status || undefined),
    'error.type': errorTypeOfAnswer(exchange),
    'gen_ai.conversation.id': idOf(exchange.record.session),
    'gen_ai.response.id': idOf(exchange.messageId),
    'gen_ai.response.model': outcome === 'refused' ? undefined : modelNameOf(exchange.answeredModel ?? exchange.model),
    'gen_ai.response.finish_reasons': REASON.test(stopReason ?? '') ? [stopReason] : undefined,
    'gen_ai.response.time_to_first_chunk': isStream && attempt ? attempt.durationMs / 1_000 : undefined,
    'gen_ai.usage.input_tokens': usage && inputTokensOf(usage),
    'gen_ai.usage.output_tokens': usage && countOf(usage.output_tokens),
    'gen_ai.usage.cache_read.input_tokens': usage && countOf(usage.cache_read_input_tokens),
    'gen_ai.usage.cache_creation.input_tokens': usage && countOf(usage.cache_creation_input_tokens),
    'claude_proxy.account': attempt?.account,
    'claude_proxy.upstream.request_id': idOf(exchange.upstreamRequestId),
  });
}

/** A refusal by a status below 500 is the caller's error, which is not an error of the server. */
export function errorTypeOfRequest({ status, outcome }: FinishedExchange): string | undefined {
  if (outcome === 'broken') return 'broken';
  if (status >= 500) return String(status);
  return outcome === 'refused' && status < 400 ? 'refused' : undefined;
}

export function errorTypeOfAnswer({ status, outcome }: FinishedExchange): string | undefined {
  if (outcome === 'completed') return undefined;
  return outcome === 'refused' && status >= 400 ? String(status) : outcome;
}

/** The conventions count cached tokens as input. */
export function inputTokensOf(usage: Usage): number {
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage;
  return countOf(input_tokens) + countOf(cache_read_input_tokens) + countOf(cache_creation_input_tokens);
}

function idOf(text: string | undefined): string | undefined {
  return text !== undefined && ID.test(text) ? text : undefined;
}

/** A loop, because each request has two of these. */
function withoutUnknown(attributes: Attributes): Attributes {
  const known: Attributes = {};
  for (const name in attributes) if (attributes[name] !== undefined) known[name] = attributes[name];
  return known;
}
