/** Answer of `GET /api/tasks`: the processes that serve one deployment. */

export interface Task {
  /** Different for each start of a process. */
  readonly id: string;
  /** Name of the machine or the container. */
  readonly host: string;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly started_at: number;
  /** When the task last wrote its state, epoch milliseconds. */
  readonly seen_at: number;
  /** `silent`: it has missed three writes in a row. It has been killed, or its store is away. */
  readonly state: 'serving' | 'draining' | 'silent';
  /** Requests that have begun and not ended. */
  readonly in_flight: number;
  /** The task that answers this call. */
  readonly is_this: boolean;
}

export interface TaskList {
  /** Oldest first. */
  readonly tasks: readonly Task[];
  /** Of all tasks that are not silent. */
  readonly in_flight: number;
  /** False while the store is away: then the list has this task only. */
  readonly is_complete: boolean;
}
