import { setTimeout as pause } from 'node:timers/promises';
import { errorBody } from '@claude-proxy/messages-api';
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
import { anthropicToBedrock, withoutThinkingBlocks } from './anthropic-to-bedrock.js';
import { BEDROCK_CONFIG, type BedrockConfig } from './bedrock.config.js';
import { acceptanceOf } from './bedrock-acceptance.js';
import { streamedAnswer, wholeAnswer } from './bedrock-answer.js';
import { type BedrockFault, faultOf, upstreamErrorOf } from './bedrock-failures.js';
import { QuirkMemory } from './bedrock-quirks.js';
import { BedrockRuntime } from './bedrock-runtime.js';
import { type Correction, CorrectionPlan } from './correction-plan.js';
import { isObject, type JsonObject } from './json-objects.js';
import { Lifeline } from './lifeline.js';
import { type Target, targetOf } from './models.js';

const MAX_PAUSE_MS = 500;
/** Gaps of two minutes are normal while a tool's arguments are written; Claude Code gives a stream up after this. */
const MAX_STREAM_SILENCE_MS = 300_000;
/** A whole answer comes in one piece when it is complete: Anthropic allows 10 minutes. */
const MAX_ANSWER_SILENCE_MS = 11 * 60 * 1_000;

/** One request on its way to one model. */
interface Call {
  readonly request: UpstreamRequest;
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
    return acceptanceOf(request, targetOf(request.model, this.config));
  }

  async send(request: UpstreamRequest, { signal }: SendOptions): Promise<UpstreamAnswer> {
    const target = targetOf(request.model, this.config);
    if ('reason' in target) throw new UpstreamError({ failure: 'rejected', message: target.reason });
    const body = request.json();
    if (isObject(body.thread) && body.thread.type === 'continue') throw threadNotFound();
    return this.sendCorrected({ request, target, signal }, body);
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

  private async sendCorrected(call: Call, original: JsonObject): Promise<UpstreamAnswer> {
    const plan = new CorrectionPlan();
    let body = original;
    let translated = this.translate(call, body);
    while (true) {
      const sent = JSON.stringify(translated);
      const outcome = await this.attempt(call, sent);
      if (!('failure' in outcome)) return outcome;
      const correction = plan.next(outcome, (translated.anthropic_beta as string[] | undefined) ?? []);
      if (!correction) throw upstreamErrorOf(outcome);
      await this.prepare(correction, call);
      if (correction.kind === 'without_thinking') body = withoutThinkingBlocks(body);
      translated = this.translate(call, body);
      // Whether a lesson is new does not tell: a request beside this one may have learned it meanwhile.
      const isChanged = JSON.stringify(translated) !== sent;
      if (!isChanged && correction.kind !== 'again_after_pause') throw upstreamErrorOf(outcome);
    }
  }

  private translate({ request, target }: Call, body: JsonObject): JsonObject {
    return anthropicToBedrock({
      body,
      betaHeader: joinedHeaderOf(request.headers, 'anthropic-beta'),
      capabilities: target.capabilities,
      quirks: this.quirks.quirksOf(target.modelId),
    });
  }

  private async prepare(correction: Correction, { target, signal }: Call): Promise<void> {
    if (correction.kind === 'without') this.quirks.learn(target.modelId, correction.lessons);
    if (correction.kind !== 'again_after_pause') return;
    await pause(Math.random() * MAX_PAUSE_MS, undefined, { signal }).catch(() => {});
  }

  private async attempt({ request, target, signal }: Call, body: string): Promise<UpstreamAnswer | BedrockFault> {
    const { isStream, model } = request;
    const billedAs = target.modelId.startsWith('global.') ? 'bedrock-global' : 'bedrock-regional';
    const lifeline = new Lifeline(signal, isStream ? MAX_STREAM_SILENCE_MS : MAX_ANSWER_SILENCE_MS);
    const invocation = { modelId: target.modelId, body: Buffer.from(body) };
    try {
      if (isStream) {
        const stream = await lifeline.wait(this.runtime.openStream(invocation, lifeline.signal));
        return { ...(await streamedAnswer(stream, model, lifeline)), billedAs };
      }
      const { bytes, requestId } = await lifeline.wait(this.runtime.invoke(invocation, lifeline.signal));
      lifeline.cut();
      return { ...wholeAnswer(bytes, model, requestId), billedAs };
    } catch (error) {
      lifeline.cut();
      if (signal.aborted) throw new UpstreamError({ failure: 'aborted', message: 'the caller has left', cause: error });
      return faultOf(lifeline.causeOf(error));
    }
  }
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
