import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pinned } from './subject.mjs';

/** Sends tasks to the process with the upstream and the load. Every task has a timeout. */
export class LoadProcess {
  #waiting = new Map();
  #last = 0;

  constructor() {
    this.child = fork(fileURLToPath(new URL('load.mjs', import.meta.url)), [], { env: {} });
    pinned(this.child.pid, 1);
    this.child.on('message', ({ id, result, error }) => {
      const { resolve, reject, timer } = this.#waiting.get(id);
      clearTimeout(timer);
      this.#waiting.delete(id);
      if (error) reject(new Error(error));
      else resolve(result);
    });
    this.child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the load process has ended'));
    });
  }

  run(task, options, patienceMs = 60_000) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${task} took longer than ${patienceMs} ms`)), patienceMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.child.send({ id, task, options });
    });
  }

  stop() {
    this.child.kill();
  }
}
