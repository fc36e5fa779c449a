/** The turns of the event loop during some work. */
export interface WatchedTurns<Result> {
  readonly result: Result;
  readonly turns: number;
  /** CPU time of the longest turn, without the time of other processes on a busy machine. */
  readonly longestMs: number;
}

export async function watchTurns<Result>(act: () => Promise<Result>): Promise<WatchedTurns<Result>> {
  let [turns, longestMs, lastMs, isOver] = [0, 0, cpuMs(), false];
  const turn = () => {
    const nowMs = cpuMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    const result = await act();
    return { result, turns, longestMs };
  } finally {
    isOver = true;
  }
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
