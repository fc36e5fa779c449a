const YARDSTICK = new Uint8Array(8 * 1024 * 1024).fill(120);
const MEGABYTES = YARDSTICK.length / 1e6;

/**
 * Begins to measure what work costs. The answer is in megabytes that a plain loop walks over meanwhile, 500 in a quarter of
 * a second on a machine of 2026. Loop and work are measured on the same thread one after the other: on a slow or busy machine both
 * take longer. For bounds on work that must not grow faster than its input.
 */
export function measureCost(): () => number {
  const before = process.threadCpuUsage();
  return () => {
    const workMs = cpuMsSince(before);
    return (workMs / bestWalkMs()) * MEGABYTES;
  };
}

/** What `work` costs, in megabytes that a plain loop walks over meanwhile. */
export function walkedMegabytes(work: () => unknown): number {
  const cost = measureCost();
  work();
  return cost();
}

function bestWalkMs(): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.threadCpuUsage();
    walk();
    return cpuMsSince(before);
  });
  return Math.min(...times);
}

function walk(): number {
  let sum = 0;
  for (let at = 0; at < YARDSTICK.length; at += 1) sum += YARDSTICK[at]!;
  return sum;
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  return process.threadCpuUsage(before).user / 1_000;
}
