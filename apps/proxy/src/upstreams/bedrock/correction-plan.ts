import type { BedrockFault } from './bedrock-failures.js';
import { type Lesson, lessonsOf } from './bedrock-quirks.js';

export type Correction =
  | { readonly kind: 'again_after_pause' }
  | { readonly kind: 'without_thinking' }
  | { readonly kind: 'without'; readonly lessons: readonly Lesson[] };

const THINKING_REFUSED =
  /invalid `?signature`? in `?(redacted_)?thinking|thinking\.signature|redacted_thinking`? blocks .*cannot be modified/i;

/** Bedrock names one field at a time. More than this many in one request is not Bedrock being behind Anthropic. */
const MAX_LEARNING_ROUNDS = 8;

/**
 * What one request may be sent again for, before its first byte: once as it was after a throttling or a lost
 * connection, once without thinking whose signatures this platform does not take, and without what a 400 names.
 */
export class CorrectionPlan {
  private hasPaused = false;
  private hasDroppedThinking = false;
  private learningRounds = 0;

  next(fault: BedrockFault, sentBetas: readonly string[]): Correction | undefined {
    if (fault.isPassing && !this.hasPaused) {
      this.hasPaused = true;
      return { kind: 'again_after_pause' };
    }
    if (fault.failure !== 'rejected') return undefined;
    if (THINKING_REFUSED.test(fault.awsMessage) && !this.hasDroppedThinking) {
      this.hasDroppedThinking = true;
      return { kind: 'without_thinking' };
    }
    const lessons = lessonsOf(fault.awsMessage, sentBetas);
    if (lessons.length === 0 || this.learningRounds >= MAX_LEARNING_ROUNDS) return undefined;
    this.learningRounds += 1;
    return { kind: 'without', lessons };
  }
}
