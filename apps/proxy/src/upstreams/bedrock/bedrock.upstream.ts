import { setTimeout as pause } from 'node:timers/promises';
import { errorBody, type JsonView } from '@claude-proxy/messages-api';
import {
  type Acceptance,
  bodyOfBytes,
  joinedHeaderOf,
  type Readiness,
  type SendOptions,
  Upstream,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamProvider,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import { anthropicToBedrock, type BedrockRequest } from './anthropic-to-bedrock.js';
import { BEDROCK_CONFIG, type BedrockConfig } from './bedrock.config.js';
import { acceptanceOf } from './bedrock-acceptance.js';
import { streamedAnswer, wholeAnswer } from './bedrock-answer.js';
import { type BedrockFault, faultOf, upstreamErrorOf } from './bedrock-failures.js';
import { QuirkMemory } from './bedrock-quirks.js';
import { BedrockRuntime } from './bedrock-runtime.js';
import { type Correction, CorrectionPlan } from './correction-plan.js';
import type { AnswerTerms } from './event-stream-to-sse.js';
import { Lifeline } from './lifeline.js';
import { objectsIn } from './message-blocks.js';
import { nameOf, type Target, targetOf } from './models.js';
import { viewOf } from './request-text.js';

const MAX_PAUSE_MS = 500;
/** Gaps of two minutes are normal while a tool's arguments are written; Claude Code gives a stream up after this. */
const MAX_STREAM_SILENCE_MS = 300_000;
/** A whole answer comes in one piece when it is complete: Anthropic allows 10 minutes. */
const MAX_ANSWER_SILENCE_MS = 11 * 60 * 1_000;

/** One request on its way to one model. */
interface Call {
  readonly request: UpstreamRequest;
  readonly body: JsonView;
  readonly target: Target;
  readonly signal: AbortSignal;
}

/**
 * Claude on AWS Bedrock, by InvokeModel. Before the first byte, and never after, a request is sent again: once after a
 * throttling or a lost connection, once without thinking blocks whose signatures are not taken here, and without the
 * betas and fields that a 400 names (`correction-plan.ts`).
 */
@Upstream('bedrock')
@Injectable()
export class BedrockUpstream implements UpstreamProvider {
  private readonly quirks = new QuirkMemory();

  constructor(
    @Inject(BEDROCK_CONFIG) private readonly config: BedrockConfig,
    private readonly runtime: BedrockRuntime,
  ) {}

  accepts(request: UpstreamRequest): Acceptance {
    return acceptanceOf(request, targetOf(request.model, this.config), this.config.region);
  }

  async send(request: UpstreamRequest, { signal }: SendOptions): Promise<UpstreamAnswer> {
    const target = targetOf(request.model, this.config);
    if ('reason' in target) throw new UpstreamError({ failure: 'rejected', message: target.reason });
    const body = viewOf(request);
    if (body.get('thread')?.text('type') === 'continue') throw threadNotFound();
    return this.sendCorrected({ request, body, target, signal });
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

  private async sendCorrected(call: Call): Promise<UpstreamAnswer> {
    const plan = new CorrectionPlan();
    let withoutThinking = false;
    let translated = this.translate(call, withoutThinking);
    while (true) {
      const outcome = await this.attempt(call, translated);
      if (!('failure' in outcome)) return outcome;
      const correction = plan.next(outcome, translated.betas);
      if (!correction) throw upstreamErrorOf(outcome);
      await this.prepare(correction, call);
      withoutThinking ||= correction.kind === 'without_thinking';
      const corrected = this.translate(call, withoutThinking);
      // Whether a lesson is new does not tell: a request beside this one may have learned it meanwhile.
      const isChanged = !corrected.body.equals(translated.body);
      if (!isChanged && correction.kind !== 'again_after_pause') throw upstreamErrorOf(outcome);
      translated = corrected;
    }
  }

  private translate({ request, body, target }: Call, withoutThinking: boolean): BedrockRequest {
    return anthropicToBedrock({
      body,
      betaHeader: joinedHeaderOf(request.headers, 'anthropic-beta'),
      capabilities: target.capabilities,
      quirks: this.quirks.quirksOf(target.modelId),
      withoutThinking,
    });
  }

  private async prepare(correction: Correction, { target, signal }: Call): Promise<void> {
    if (correction.kind === 'without') this.quirks.learn(target.modelId, correction.lessons);
    if (correction.kind !== 'again_after_pause') return;
    await pause(Math.random() * MAX_PAUSE_MS, undefined, { signal }).catch(() => {});
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
      if (signal.aborted) throw new UpstreamError({ failure: 'aborted', message: 'the caller has left', cause: error });
      return faultOf(lifeline.causeOf(error));
    }
  }
}

function termsOf({ request, body }: Call, { restoreNames }: BedrockRequest): AnswerTerms {
  const safeguards = objectsIn(body.get('safeguards'));
  const wantsVerdict = safeguards.some((safeguard) => safeguard.text('type') === 'dangerous_tool_use');
  return { clientModel: nameOf(request.model), restoreNames, wantsVerdict };
}

/**
 * A thread continued at Anthropic has its history there: the request holds new messages alone, and Bedrock would answer
 * out of context. On this refusal Anthropic's SDK sends the whole history again, as a new thread.
 */
function threadNotFound(): UpstreamError {
  const message = 'AWS Bedrock holds no threads: send the whole history';
  const body = JSON.stringify(errorBody('not_found_error', message, undefined, { error_code: 'thread_not_found' }));
  return new UpstreamError({
    failure: 'rejected',
    message,
    isForCaller: true,
    answer: { status: 404, headers: ['content-type', 'application/json'], body: bodyOfBytes(body) },
  });
}
