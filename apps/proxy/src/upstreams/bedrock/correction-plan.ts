import type { BedrockFault } from './bedrock-failures.js';
import { type Lesson, lessonsOf, type Sent, suspectsIn } from './lessons.js';
import { refusalOf } from './refusal-wordings.js';

export type Correction = 'again_after_pause' | 'changed';

/** Bedrock names one thing at a time. More than this many in one request is not Bedrock being behind Anthropic. */
const MAX_ROUNDS = 16;
const MAX_SUSPECTS = 8;

/**
 * What one request may be sent again for, before its first byte: once as it was after a throttling or a lost
 * connection, once without thinking whose signatures this platform does not take, and without what a 400 names. Where
 * a 400 names no beta, they are left out one at a time: only the one that mattered is a lesson.
 */
export class CorrectionPlan {
  /** Whether the thinking of earlier turns is left out, and thinking is off. */
  withoutThinking = false;
  private hasPaused = false;
  private rounds = 0;
  private confirmed: Lesson[] = [];
  private trial: Lesson[] = [];
  private trials: Lesson[][] | undefined;

  /** What has to be left out for this request. True of other requests only once this one has been answered. */
  get lessons(): readonly Lesson[] {
    return [...this.confirmed, ...this.trial];
  }

  /** What to do next; undefined where nothing can be mended. */
  next(fault: BedrockFault, sent: Sent): Correction | undefined {
    if (fault.isPassing && !this.hasPaused) {
      this.hasPaused = true;
      return 'again_after_pause';
    }
    if (fault.failure !== 'rejected' || this.rounds >= MAX_ROUNDS) return undefined;
    this.rounds += 1;
    return this.hasCorrected(fault, sent) ? 'changed' : undefined;
  }

  private hasCorrected({ awsMessage }: BedrockFault, sent: Sent): boolean {
    const refusal = refusalOf(awsMessage);
    const lessons = lessonsOf(refusal, awsMessage, sent);
    if (refusal.meaning === 'beta' && lessons.length === 0) return this.triesNextBeta(sent.betas);
    this.confirmTrial();
    if (refusal.meaning === 'thinking') {
      const isNew = !this.withoutThinking;
      this.withoutThinking = true;
      return isNew;
    }
    this.confirmed.push(...lessons);
    return lessons.length > 0 && lessons.every(({ kind }) => kind !== 'forbidden');
  }

  /** Another refusal than the one before: what was tried has helped. */
  private confirmTrial(): void {
    this.confirmed.push(...this.trial);
    this.trial = [];
    this.trials = undefined;
  }

  private triesNextBeta(sentBetas: readonly string[]): boolean {
    this.trials ??= trialsFor(sentBetas);
    const trial = this.trials.shift();
    this.trial = trial ?? [];
    return trial !== undefined;
  }
}

/** Each alone, then all of them. */
function trialsFor(betas: readonly string[]): Lesson[][] {
  const suspects = suspectsIn(betas).map((beta) => ({ kind: 'beta', beta }) as const);
  const alone = suspects.slice(0, MAX_SUSPECTS).map((lesson) => [lesson]);
  return suspects.length > 1 ? [...alone, suspects] : alone;
}
