import type { BedrockFault } from './bedrock-failures.js';
import { type Lesson, lessonsOf, type Sent, suspectsIn } from './lessons.js';
import { refusalOf } from './refusal-wordings.js';

export type Correction = 'again_after_pause' | 'changed';

/** Bedrock names one field per refusal. More than this number is not a difference between Bedrock and Anthropic. */
const MAX_ROUNDS = 16;
const MAX_SUSPECTS = 8;

/**
 * The retries of one request before the first byte of its answer: once unchanged after a throttling or a lost
 * connection, once without thinking whose signatures this platform does not accept, and without the fields of a 400. If
 * a 400 names no beta, betas are dropped one at a time: only the relevant one becomes a lesson.
 */
export class CorrectionPlan {
  /** Whether the thinking of earlier turns is dropped and thinking is disabled. */
  withoutThinking = false;
  private hasPaused = false;
  private rounds = 0;
  private confirmed: Lesson[] = [];
  private trial: Lesson[] = [];
  private trials: Lesson[][] | undefined;

  /** The parts that this request must drop. They apply to other requests only after this one was answered. */
  get lessons(): readonly Lesson[] {
    return [...this.confirmed, ...this.trial];
  }

  /** The next step; undefined if the request cannot be corrected. */
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

  /** After a different refusal, the last trial counts as successful. */
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

/** Each beta alone, then all of them. */
function trialsFor(betas: readonly string[]): Lesson[][] {
  const suspects = suspectsIn(betas).map((beta) => ({ kind: 'beta', beta }) as const);
  const alone = suspects.slice(0, MAX_SUSPECTS).map((lesson) => [lesson]);
  return suspects.length > 1 ? [...alone, suspects] : alone;
}
