import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../../apps/proxy/src/exchange/exchange.ts';
import type { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.ts';
import type { Recorder } from '../../apps/proxy/src/recording/recorder.ts';

/** The parts of a task. The caller creates them from sources or from the build. */
export interface SimulatedTask {
  readonly feed: Pick<ExchangeFeed, 'finish'>;
  readonly recorder: Pick<Recorder, 'onModuleDestroy'>;
}

export interface Work {
  readonly seconds: number;
  readonly exchangesPerSecond: number;
  /** Between two exchanges of a task, on average. @default - from `exchangesPerSecond` */
  readonly pauseMs?: number;
  exchangeOf(task: number, index: number): Exchange;
}

/** Ends exchanges in several tasks, each at its own time within the second. @returns the number of exchanges */
export async function runTasks(tasks: readonly SimulatedTask[], work: Work): Promise<number> {
  const { seconds, exchangesPerSecond, exchangeOf, pauseMs = 1_000 / exchangesPerSecond } = work;
  const counts = tasks.map(async ({ feed, recorder }, task) => {
    await sleep(Math.random() * 1_000);
    const count = seconds * exchangesPerSecond;
    for (let index = 0; index < count; index += 1) {
      feed.finish(exchangeOf(task, index));
      await sleep(pauseMs * (0.5 + Math.random()));
    }
    await recorder.onModuleDestroy();
    return count;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
