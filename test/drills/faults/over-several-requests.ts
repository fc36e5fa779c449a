import { setTimeout as sleep } from 'node:timers/promises';
import { overloaded, silence } from '@claude-proxy/simulator';
import { ask } from '../scene.js';
import type { Stage } from '../stage.js';
import { newUser, type Observed, observe, type Theme } from './fault-scene.js';

const FAILURES_IN_ROW = 5;
/** Within a second is the promise; a busy machine gets some more. */
const LET_GO_MS = 5_000;

export const CLIENTS_THAT_LEAVE: Theme = {
  title: 'The client leaves',
  scenes: [
    {
      title: 'before Anthropic has said anything',
      expected: 'is let go',
      play: (stage) => leave(stage, silence()),
    },
    {
      title: 'in the middle of an answer',
      expected: 'is let go',
      play: (stage) => leave(stage, silence({ afterEvents: 4 })),
    },
  ],
};

export const BREAKER: Theme = {
  title: 'Again and again',
  scenes: [
    { title: `${FAILURES_IN_ROW} failures in a row: left alone for a while`, expected: 'Bedrock answers', play: trip },
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
    ? { ...observed, how: `${observed.how}, without asking Anthropic` }
    : { sight: 'something else', how: `Anthropic was asked ${asked} times` };
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
  const end = await Promise.race([request.finished, sleep(LET_GO_MS, undefined, { ref: false })]);
  const milliseconds = Math.round(performance.now() - leftMs);
  return end === 'closed_by_client'
    ? { sight: 'is let go', how: `Anthropic was let go after ${milliseconds} ms` }
    : { sight: 'something else', how: `Anthropic was still at it after ${milliseconds} ms` };
}
