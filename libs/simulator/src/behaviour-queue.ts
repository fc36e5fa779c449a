import type { Behaviour, BehaviourChoice } from './behaviours.js';
import type { RecordedRequest } from './http-recording.js';

/** The next behavior of a simulator: first the script for the path, then the queue, then the default. */
export class BehaviourQueue {
  readonly #queue: BehaviourChoice[] = [];
  readonly #queueByPath = new Map<string, BehaviourChoice[]>();
  readonly #initialDefault: BehaviourChoice;
  #default: BehaviourChoice;

  constructor(initialDefault: BehaviourChoice) {
    this.#initialDefault = initialDefault;
    this.#default = initialDefault;
  }

  script(behaviours: readonly BehaviourChoice[]): void {
    this.#queue.push(...behaviours);
  }

  scriptAt(pathname: string, behaviours: readonly BehaviourChoice[]): void {
    this.#queueByPath.set(pathname, [...(this.#queueByPath.get(pathname) ?? []), ...behaviours]);
  }

  setDefault(behaviour: BehaviourChoice): void {
    this.#default = behaviour;
  }

  reset(): void {
    this.#queue.length = 0;
    this.#queueByPath.clear();
    this.#default = this.#initialDefault;
  }

  /** Takes the next scripted behavior for exactly this path, if there is one. */
  takeForPath(recorded: RecordedRequest): Behaviour | undefined {
    return chosen(this.#queueByPath.get(recorded.pathname)?.shift(), recorded);
  }

  take(recorded: RecordedRequest): Behaviour {
    return chosen(this.#queue.shift() ?? this.#default, recorded);
  }
}

function chosen(choice: BehaviourChoice, recorded: RecordedRequest): Behaviour;
function chosen(choice: BehaviourChoice | undefined, recorded: RecordedRequest): Behaviour | undefined;
function chosen(choice: BehaviourChoice | undefined, recorded: RecordedRequest): Behaviour | undefined {
  return typeof choice === 'function' ? choice(recorded) : choice;
}
