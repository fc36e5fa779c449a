import type { RequestDetail } from '@claude-proxy/admin-api';

type SegmentKind = 'queue' | 'attempt' | 'wait' | 'answer';

export interface Segment {
  readonly kind: SegmentKind;
  readonly upstream: string | null;
  readonly hasFailed: boolean;
  readonly ms: number;
}

/** Shorter spans are noise of the clock. */
const NOTICEABLE_MS = 1;

/**
 * Where the time of an exchange went. Attempts last until the first byte or the refusal; what lies between them and the
 * first byte and is none of theirs was spent waiting before the last one.
 */
export function segmentsOf(detail: RequestDetail): readonly Segment[] {
  const { attempts, queue_ms, duration_ms, upstream } = detail;
  const asked = attempts.reduce((sum, { duration_ms: ms }) => sum + ms, 0);
  const firstByteMs = Math.min(detail.first_byte_ms ?? duration_ms, duration_ms);
  const waitedMs = attempts.length > 1 ? firstByteMs - queue_ms - asked : 0;
  const segments: Segment[] = [{ kind: 'queue', upstream: null, hasFailed: false, ms: queue_ms }];
  for (const [index, attempt] of attempts.entries()) {
    if (index === attempts.length - 1) segments.push({ kind: 'wait', upstream: null, hasFailed: false, ms: waitedMs });
    const hasFailed = attempt.failure !== null;
    segments.push({ kind: 'attempt', upstream: attempt.upstream, hasFailed, ms: attempt.duration_ms });
  }
  const spent = segments.reduce((sum, { ms }) => sum + Math.max(0, ms), 0);
  segments.push({ kind: 'answer', upstream, hasFailed: false, ms: duration_ms - spent });
  return segments.filter(({ ms }) => ms >= NOTICEABLE_MS);
}

/** The wait before the second try at one upstream, if there was one. */
export function waitOf(detail: RequestDetail): number | undefined {
  const { attempts } = detail;
  const isRepeated = attempts.some(({ upstream }, index) => upstream === attempts[index - 1]?.upstream);
  return isRepeated ? segmentsOf(detail).find(({ kind }) => kind === 'wait')?.ms : undefined;
}
