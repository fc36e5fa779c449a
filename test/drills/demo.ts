import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer, type Behaviour, overloaded, rateLimited } from '@claude-proxy/simulator';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { Recorder } from '../../apps/proxy/src/recording/recorder.js';
import { exchangesOfADay, pick, plausibleModel, plausibleUser } from './plausible-exchanges.js';
import { ask } from './scene.js';
import { type OwnStage, setStage } from './stage.js';

/** Stops by itself, in case it is forgotten. */
const MAX_MINUTES = 120;
const PAUSE_MS = 700;
/** The history is written in parts that fit into the recorder's queue. */
const FLUSH_EVERY = 500;

/** Gives access to generated data only. */
const ADMIN_TOKEN = 'demo';

/** A dashboard with a day of history and continuing traffic. */
async function main(): Promise<void> {
  const stage = await setStage({ RETRY_THRESHOLD_SECONDS: '0', ADMIN_TOKEN }, Number(process.env.PORT ?? 8080));
  const count = await writeHistory(stage);
  process.stdout.write(
    `Dashboard: ${stage.url}/ui/ (admin token: ${ADMIN_TOKEN})\n${count} exchanges of the last day are generated; traffic continues. Ctrl-C stops it.\n`,
  );
  process.once('SIGINT', () => void stage.close().then(() => process.exit(0)));
  stage.anthropic.setDefault(behaviour);
  const untilMs = Date.now() + MAX_MINUTES * 60_000;
  while (Date.now() < untilMs) {
    const asking = { isStream: Math.random() < 0.9, user: plausibleUser(), model: plausibleModel() };
    void ask(stage, asking).catch(() => {});
    await sleep(PAUSE_MS * (0.3 + Math.random()));
  }
  await stage.close();
}

async function writeHistory({ app }: OwnStage): Promise<number> {
  const feed = app.get(ExchangeFeed);
  let count = 0;
  for (const exchange of exchangesOfADay(Date.now())) {
    feed.begin();
    feed.finish(exchange);
    count += 1;
    if (count % FLUSH_EVERY === 0) await app.get(Recorder).flush();
  }
  await app.get(Recorder).flush();
  return count;
}

/** Mostly answers; sometimes a user is limited for half a minute. */
function behaviour(): Behaviour {
  const chance = Math.random();
  if (chance < 0.03) return rateLimited({ retryAfterSeconds: 30 });
  if (chance < 0.05) return overloaded();
  const text = pick(['Done: the test passes now.', 'Here is the plan.', 'I have read the file.', '고쳤습니다.']);
  return answer({ text: text.repeat(3), latencyMs: 200 + Math.random() * 900, chunkDelayMs: 20 });
}

main().catch((error: NodeJS.ErrnoException) => {
  const isTaken = error.code === 'EADDRINUSE';
  process.stderr.write(
    `${isTaken ? `The port is in use: ${error.message}. Set PORT to another port.` : error.stack}\n`,
  );
  process.exit(1);
});
