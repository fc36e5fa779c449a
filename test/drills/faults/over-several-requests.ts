import { setTimeout as sleep } from 'node:timers/promises';
import { overloaded, silence } from '@claude-proxy/simulator';
import { ask } from '../scene.js';
import type { Stage } from '../stage.js';
import { newUser, type Observed, observe, type Theme } from './fault-scene.js';

const FAILURES_IN_ROW = 5;
/** The contract is one second; a busy machine gets more time. */
const CLOSED_WITHIN_MS = 20_000;

export const CLIENTS_THAT_LEAVE: Theme = {
  title: 'The client leaves',
  scenes: [
    {
      title: 'before Anthropic has answered',
      expected: 'connection closed',
      play: (stage) => leave(stage, silence()),
    },
    {
      title: 'in the middle of an answer',
      expected: 'connection closed',
      play: (stage) => leave(stage, silence({ afterEvents: 4 })),
    },
  ],
};

export const BREAKER: Theme = {
  title: 'Repeated failures',
  scenes: [
    { title: `${FAILURES_IN_ROW} failures in a row: skipped for a while`, expected: 'Bedrock answers', play: trip },
  ],
};

async function trip(stage: Stage): Promise<Observed> {
  stage.anthropic.setDefault(overloaded());
  for (let times = 0; times < FAILURES_IN_ROW; times += 1) await ask(stage, { isStream: true, user: newUser() });
  const observed = await observe(ask(stage, { isStream: true, user: newUser() }));
  // The check of a new credential is not a request of a client.
  const asked = stage.anthropic.requests.filter(({ method }) => method === 'POST').length;
  const wasSpared = asked === FAILURES_IN_ROW;
  return wasSpared
    ? { ...observed, how: `${observed.how}, without a request to Anthropic` }
    : { sight: 'something else', how: `Anthropic got ${asked} requests` };
}

async function leave(stage: Stage, behaviour: ReturnType<typeof silence>): Promise<Observed> {
  stage.anthropic.reset();
  stage.anthropic.script(behaviour);
  const client = new AbortController();
  const asking = ask(stage, { isStream: true, user: newUser(), signal: client.signal }).catch(() => {});
  const request = await stage.anthropic.requestAt(0);
  client.abort();
  const leftMs = performance.now();
  await asking;
  const end = await Promise.race([request.finished, sleep(CLOSED_WITHIN_MS, undefined, { ref: false })]);
  const milliseconds = Math.round(performance.now() - leftMs);
  return end === 'closed_by_client'
    ? { sight: 'connection closed', how: `connection to Anthropic closed after ${milliseconds} ms` }
    : { sight: 'something else', how: `connection to Anthropic still open after ${milliseconds} ms` };
}
