import type { AttemptLine, RequestDetail } from '@claude-proxy/admin-api';
import type { Format } from '../format/create-format.js';
import type { Texts } from '../texts/en.js';
import { nameOfUpstream } from '../upstreams.js';
import { waitOf } from './time-bar.js';

/** Spans below this are not worth a sentence. */
const WORTH_TELLING_MS = 50;

interface Telling {
  readonly detail: RequestDetail;
  readonly texts: Texts;
  readonly format: Format;
  readonly firstChoice: string;
}

/** What became of an exchange, sentence by sentence. */
export function storyOf(detail: RequestDetail, texts: Texts, format: Format, firstChoice: string): readonly string[] {
  const telling: Telling = { detail, texts, format, firstChoice };
  return [beginning(telling), ...middle(telling), ...ending(telling)];
}

function beginning({ detail, texts }: Telling): string {
  const { operation, user, model, path, is_stream } = detail;
  const { story } = texts;
  if (operation === 'relay') return story.askedRelay(user, path);
  const asked = model ?? story.noModel;
  return operation === 'count_tokens' ? story.askedCount(user, asked) : story.asked(user, asked, is_stream);
}

function middle(telling: Telling): string[] {
  const { detail, texts, format, firstChoice } = telling;
  const { story } = texts;
  const sentences = beforeUpstreams(telling);
  const first = nameOfUpstream(firstChoice, texts);
  const wasFirstAsked = detail.attempts.some(({ upstream }) => upstream === firstChoice);
  if (!wasFirstAsked && detail.fallback_reason === 'limit_remembered') sentences.push(story.remembered(first));
  if (detail.fallback_reason === 'down') sentences.push(story.knownDown(first));
  if (!wasFirstAsked && detail.fallback_reason === 'drill') sentences.push(story.rememberedDrill(first));
  for (const [index, attempt] of detail.attempts.entries()) {
    const before = detail.attempts[index - 1];
    if (before?.upstream === attempt.upstream) {
      sentences.push(story.waited(format.milliseconds(waitOf(detail) ?? 0)));
    } else if (before && attempt.failure === null) {
      sentences.push(story.tookOver(nameOfUpstream(attempt.upstream, texts)));
    }
    sentences.push(attemptSentence(attempt, telling));
    if (attempt.left_out) sentences.push(story.leftOut(attempt.left_out.join(', ')));
  }
  return sentences;
}

function beforeUpstreams({ detail: { repeated, queue_ms }, texts: { story }, format }: Telling): string[] {
  return [
    ...(repeated ? [story.repeated(repeated.tools, format.integer(repeated.times))] : []),
    ...(queue_ms >= WORTH_TELLING_MS ? [story.queued(format.milliseconds(queue_ms))] : []),
  ];
}

function attemptSentence(attempt: AttemptLine, { texts, format }: Telling): string {
  const { story } = texts;
  const name = nameOfUpstream(attempt.upstream, texts);
  const time = format.milliseconds(attempt.duration_ms);
  if (attempt.failure === null) return story.answered(name, time, attempt.status);
  if (attempt.is_drill && attempt.failure === 'rate_limited') return story.hitByDrill(name);
  if (attempt.failure === 'rejected' && attempt.status === null) return story.unfit(name, attempt.reason ?? '');
  const why = Object.hasOwn(story.failures, attempt.failure) ? story.failures[attempt.failure]! : attempt.failure;
  return story.failed(name, time, why);
}

function ending({ detail, texts, format }: Telling): string[] {
  const { story } = texts;
  const time = format.milliseconds(detail.duration_ms);
  const sentences = {
    completed: story.completed(time),
    refused: story.refused(detail.status),
    aborted: story.aborted(time),
    broken: story.broken(time),
  };
  return [
    sentences[detail.outcome],
    ...(detail.answered_model ? [story.otherModel(detail.answered_model)] : []),
    ...consumption({ detail, texts, format }),
  ];
}

function consumption({ detail, texts, format }: Omit<Telling, 'firstChoice'>): string[] {
  const { story } = texts;
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens, cost_usd } = detail;
  const wholeInput = input_tokens + cache_creation_input_tokens + cache_read_input_tokens;
  if (wholeInput + output_tokens === 0) return [];
  const input = format.integer(wholeInput);
  const output = format.integer(output_tokens);
  return [
    cost_usd === null ? story.usedUnpriced(input, output) : story.used(input, output, format.usd(cost_usd)),
    ...(cache_read_input_tokens > 0 ? [story.cached(format.percent(cache_read_input_tokens / wholeInput))] : []),
    ...(detail.is_output_estimated ? [story.estimated] : []),
  ];
}
