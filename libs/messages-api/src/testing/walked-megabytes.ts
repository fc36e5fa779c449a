const YARDSTICK = new Uint8Array(8 * 1024 * 1024).fill(120);
const MEGABYTES = YARDSTICK.length / 1e6;

/**
 * Starts a measurement of the cost of some work. The unit is the megabyte that a plain loop walks over: about 500 in a
 * quarter of a second on a machine of 2026. Loop and work run on the same thread one after the other, so a slow or busy
 * machine delays both. For bounds on work that must not grow faster than its input.
 */
export function measureCost(): () => number {
  const before = process.threadCpuUsage();
  return () => {
    const workMs = cpuMsSince(before);
    return (workMs / bestWalkMs()) * MEGABYTES;
  };
}

/** The cost of `work` in megabytes that a plain loop walks over in the same time. */
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
  // The sum is exact; the kernel guesses the shares.
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
