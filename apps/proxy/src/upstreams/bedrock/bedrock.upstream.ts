import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ClaudeModels } from '@claude-proxy/claude-models';
import { errorBody, JsonView } from '@claude-proxy/messages-api';
import {
  type Acceptance,
  bodyOfBytes,
  joinedHeaderOf,
  notAccepted,
  type Readiness,
  type SendOptions,
  type SharedMemory,
  Upstream,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamProvider,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import { OwnUpstream } from '../../exchange/own-upstream.decorator.js';
import { anthropicToBedrock, type BedrockRequest } from './anthropic-to-bedrock.js';
import { BEDROCK_CONFIG, type BedrockConfig } from './bedrock.config.js';
import { acceptanceOf } from './bedrock-acceptance.js';
import { streamedAnswer, wholeAnswer } from './bedrock-answer.js';
import { type BedrockFault, faultOf, upstreamErrorOf } from './bedrock-failures.js';
import { quirksOf } from './bedrock-quirks.js';
import { BedrockRuntime } from './bedrock-runtime.js';
import { CorrectionPlan } from './correction-plan.js';
import { countAnswer, countedBody, countingIdOf } from './count-tokens.js';
import type { AnswerTerms } from './event-stream-to-sse.js';
import { LessonMemory } from './lesson-memory.js';
import { hasAt, type Lesson } from './lessons.js';
import { Lifeline } from './lifeline.js';
import { objectsIn } from './message-blocks.js';
import { nameOf, type Target, targetOf } from './models.js';
import { viewOf } from './request-text.js';

const MAX_PAUSE_MS = 500;
/** Gaps of two minutes are normal for arguments of a tool. Claude Code aborts a stream after this time. */
const MAX_STREAM_SILENCE_MS = 300_000;
/** An answer without a stream is silent until it is complete: Anthropic allows 10 minutes. */
const MAX_ANSWER_SILENCE_MS = 11 * 60 * 1_000;
const MAX_COUNT_SILENCE_MS = 30_000;

/** One request to one model. */
interface Call {
  readonly request: UpstreamRequest;
  readonly body: JsonView;
  readonly target: Target;
  readonly signal: AbortSignal;
  readonly memory: SharedMemory | undefined;
}

/**
 * Claude on AWS Bedrock, by InvokeModel. Before the first byte, and never after, a request is sent again: once after a
 * throttling or a lost connection, once without thinking blocks whose signatures are not accepted here, and without the
 * betas and fields that a 400 is about (`correction-plan.ts`). Token counts come from CountTokens.
 */
@Upstream('bedrock')
@OwnUpstream()
@Injectable()
export class BedrockUpstream implements UpstreamProvider {
  private readonly lessons = new LessonMemory();

  constructor(
    @Inject(BEDROCK_CONFIG) private readonly config: BedrockConfig,
    private readonly runtime: BedrockRuntime,
    private readonly models: ClaudeModels,
  ) {}

  accepts(request: UpstreamRequest): Acceptance {
    const target = targetOf(request.model, this.config, this.models);
    const acceptance = acceptanceOf(request, target, this.config.region);
    if (!acceptance.accepted || 'reason' in target) return acceptance;
    const body = viewOf(request);
    const forbidden = forbiddenIn(body, this.lessons.current(this.placeOf(target, body)));
    return forbidden ? notAccepted(`${target.modelId} does not accept ${forbidden} on AWS Bedrock`) : acceptance;
  }

  async send(request: UpstreamRequest, { signal, memory }: SendOptions): Promise<UpstreamAnswer> {
    const target = targetOf(request.model, this.config, this.models);
    if ('reason' in target) throw new UpstreamError({ failure: 'rejected', message: target.reason });
    const body = viewOf(request);
    if (body.get('thread')?.text('type') === 'continue') throw threadNotFound();
    const call = { request, body, target, signal, memory };
    return request.operation === 'count_tokens' ? this.count(call) : this.sendCorrected(call);
  }

  async readiness(): Promise<Readiness> {
    const { region, profile, endpoint } = this.config;
    const credentials = await this.runtime.findCredentials();
    if (credentials) {
      return {
        isUsable: true,
        detail: `sends to AWS Bedrock in ${region}${endpoint ? ` at ${endpoint}` : ''} (BEDROCK_PROFILE=${profile}), signed with ${credentials}`,
      };
    }
    const detail = `no AWS credentials were found for AWS Bedrock in ${region}: requests that Anthropic limits end with Anthropic's own refusal`;
    return { isUsable: false, detail };
  }

  /** Asked once: a count is not worth a correction. */
  private async count(call: Call): Promise<UpstreamAnswer> {
    const { body, target, signal } = call;
    const modelId = countingIdOf(target.modelId)!;
    const sent = translated(call, [], new CorrectionPlan());
    const lifeline = new Lifeline(signal, MAX_COUNT_SILENCE_MS);
    try {
      const counting = this.runtime.countTokens({ modelId, body: countedBody(sent.body, body) }, lifeline.signal);
      const { inputTokens, requestId } = await lifeline.wait(counting);
      return countAnswer(inputTokens, requestId);
    } catch (error) {
      if (signal.aborted) throw clientLeft(error);
      throw upstreamErrorOf(faultOf(lifeline.causeOf(error)));
    } finally {
      lifeline.cut();
    }
  }

  /** Remembers the parts that an answered request had to drop, but not those of a request that still failed. */
  private async sendCorrected(call: Call): Promise<UpstreamAnswer> {
    const place = this.placeOf(call.target, call.body);
    const known = await this.lessons.recall(place, call.memory);
    const plan = new CorrectionPlan();
    let sent = translated(call, known, plan);
    while (true) {
      const outcome = await this.attempt(call, sent);
      if (!('failure' in outcome)) {
        this.lessons.learn(place, plan.lessons, call.memory);
        return outcome;
      }
      const correction = plan.next(outcome, { body: JsonView.of(sent.body), betas: sent.betas });
      if (correction === undefined) {
        this.lessons.learn(place, plan.lessons.filter(isForbidden), call.memory);
        throw upstreamErrorOf(outcome);
      }
      if (correction === 'again_after_pause') {
        await pause(Math.random() * MAX_PAUSE_MS, undefined, { signal: call.signal }).catch(() => {});
        continue;
      }
      const corrected = translated(call, known, plan);
      if (corrected.body.equals(sent.body)) throw upstreamErrorOf(outcome);
      sent = corrected;
    }
  }

  /** Lessons apply to requests of the same shape: the names of the body's members. */
  private placeOf({ modelId }: Target, body: JsonView): string {
    const members = body.members().map(({ key }) => key);
    const shape = createHash('sha256').update(members.sort().join()).digest('hex').slice(0, 12);
    return `${this.config.region}/${modelId}/${shape}`;
  }

  private async attempt(call: Call, sent: BedrockRequest): Promise<UpstreamAnswer | BedrockFault> {
    const { request, target, signal } = call;
    const { isStream } = request;
    const terms = termsOf(call, sent);
    const billedAs = target.modelId.startsWith('global.') ? 'bedrock-global' : 'bedrock-regional';
    const lifeline = new Lifeline(signal, isStream ? MAX_STREAM_SILENCE_MS : MAX_ANSWER_SILENCE_MS);
    const invocation = { modelId: target.modelId, body: sent.body };
    const described = { billedAs, leftOut: sent.dropped };
    try {
      if (isStream) {
        const stream = await lifeline.wait(this.runtime.openStream(invocation, lifeline.signal));
        return { ...(await streamedAnswer(stream, terms, lifeline)), ...described };
      }
      const { bytes, requestId } = await lifeline.wait(this.runtime.invoke(invocation, lifeline.signal));
      lifeline.cut();
      return { ...wholeAnswer(bytes, terms, requestId), ...described };
    } catch (error) {
      lifeline.cut();
      if (signal.aborted) throw clientLeft(error);
      return faultOf(lifeline.causeOf(error));
    }
  }
}

function translated({ request, body, target }: Call, known: readonly Lesson[], plan: CorrectionPlan): BedrockRequest {
  return anthropicToBedrock({
    body,
    betaHeader: joinedHeaderOf(request.headers, 'anthropic-beta'),
    capabilities: target.capabilities,
    quirks: quirksOf([...known, ...plan.lessons]),
    withoutThinking: plan.withoutThinking,
    maxTokens: request.maxTokensToReserve,
  });
}

function clientLeft(cause: unknown): UpstreamError {
  return new UpstreamError({ failure: 'aborted', message: 'the caller has left', cause });
}

function isForbidden({ kind }: Lesson): boolean {
  return kind === 'forbidden';
}

function forbiddenIn(body: JsonView, lessons: readonly Lesson[]): string | undefined {
  const forbidden = lessons.find((lesson) => lesson.kind === 'forbidden' && hasAt(body, lesson.path));
  return forbidden?.kind === 'forbidden' ? forbidden.path : undefined;
}

function termsOf({ request, body }: Call, { restoreNames }: BedrockRequest): AnswerTerms {
  const safeguards = objectsIn(body.get('safeguards'));
  const wantsVerdict = safeguards.some((safeguard) => safeguard.text('type') === 'dangerous_tool_use');
  return { clientModel: nameOf(request.model), restoreNames, wantsVerdict };
}

/**
 * A continued thread has its history at Anthropic: the request contains only new messages, and Bedrock would answer
 * out of context. On this refusal Anthropic's SDK sends the whole history again, as a new thread.
 */
function threadNotFound(): UpstreamError {
  const message = 'AWS Bedrock has no threads: send the whole history';
  const body = JSON.stringify(errorBody('not_found_error', message, undefined, { error_code: 'thread_not_found' }));
  return new UpstreamError({
    failure: 'rejected',
    message,
    isForCaller: true,
    answer: { status: 404, headers: ['content-type', 'application/json'], body: bodyOfBytes(body) },
  });
}
