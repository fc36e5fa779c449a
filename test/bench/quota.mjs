/** A share of a core for each subject, with cgroup v2 or, if it is missing, v1. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';

const V2 = '/sys/fs/cgroup';
const V1 = '/sys/fs/cgroup/cpu';
const PERIOD_US = 100_000;

export class Quota {
  #folders;

  constructor(folders) {
    this.#folders = folders;
  }

  /** Undefined if no cgroup is writable. */
  static of(share, subjects) {
    const folders = [];
    try {
      for (const { name, child } of subjects) {
        const folder = `${existsSync(`${V2}/cgroup.controllers`) ? V2 : V1}/claude-proxy-bench-${process.pid}-${name}`;
        mkdirSync(folder);
        folders.push(folder);
        limit(folder, Math.round(share * PERIOD_US));
        write(`${folder}/cgroup.procs`, String(child.pid));
      }
      return new Quota(folders);
    } catch {
      new Quota(folders).remove();
      return undefined;
    }
  }

  remove() {
    for (const folder of this.#folders) {
      try {
        rmdirSync(folder);
      } catch {
        // A process in it is still exiting.
      }
    }
  }
}

function limit(folder, quotaUs) {
  if (folder.startsWith(V1)) {
    write(`${folder}/cpu.cfs_period_us`, String(PERIOD_US));
    write(`${folder}/cpu.cfs_quota_us`, String(quotaUs));
  } else write(`${folder}/cpu.max`, `${quotaUs} ${PERIOD_US}`);
}

/** Never creates the file: outside of a cgroup it would be an ordinary file. */
function write(file, text) {
  writeFileSync(file, text, { flag: 'r+' });
}
