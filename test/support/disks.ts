import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly directory: string;
  makeReadOnly(): void;
  remove(): void;
}

/** Mounts a disk in memory. @throws if this process is not allowed to mount */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), 'claude-proxy-disk-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory);
  } catch (error) {
    rmdirSync(directory);
    throw error;
  }
  return {
    directory,
    makeReadOnly: () => run('mount', '-o', 'remount,ro', directory),
    remove() {
      run('umount', '--lazy', directory);
      rmdirSync(directory);
    },
  };
}

/** Makes a file read-only, also for root and for processes that have it open. */
export function freeze(path: string): void {
  run('chattr', '+i', path);
}

export function thaw(path: string): void {
  run('chattr', '-i', path);
}

export const canMount = isAllowed('mounting', () => mountSmallDisk(1).remove());

export const canFreeze = isAllowed('chattr +i', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'claude-proxy-frozen-')), 'file');
  try {
    writeFileSync(path, '');
    freeze(path);
    thaw(path);
  } finally {
    rmSync(join(path, '..'), { recursive: true });
  }
});

function isAllowed(what: string, attempt: () => void): boolean {
  try {
    attempt();
    return true;
  } catch {
    process.stdout.write(`${what} is not allowed here: its tests are skipped\n`);
    return false;
  }
}

function run(command: string, ...parameters: string[]): void {
  execFileSync(command, parameters, { stdio: 'pipe' });
}
