import type { Task } from './tasks.js';

/** A request that has begun and not ended, in the task that answers. */
export interface InFlightLine {
  readonly id: string;
  readonly user: string;
  readonly model: string | null;
  /** Null until an upstream answers. */
  readonly upstream: string | null;
  readonly is_stream: boolean;
  /** Since its arrival. */
  readonly elapsed_ms: number;
  readonly first_byte_ms: number | null;
  /** What the client got so far. */
  readonly answer_bytes: number;
}

/** Answer of `GET /api/in-flight`. */
export interface InFlightList {
  /** Oldest first, at most 200. */
  readonly requests: readonly InFlightLine[];
  readonly count: number;
  /** The task that answers. Earlier versions lack the field. */
  readonly task?: Pick<Task, 'id' | 'host'>;
}
