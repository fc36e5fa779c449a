/** Mixed requests, a few of which hit each fault of an upstream. Runs in the load process. */
import { answer, startAnthropicSimulator, UPSTREAM_FAULTS } from '../../dist/libs/simulator/src/index.js';

const CONNECTIONS = 16;
const PATIENCE_MS = 60_000;
/** They transfer tens of megabytes or keep their connection until a timeout: minutes for a hundred of them. */
const LONG =
  /50 MB|without end|no end|without an end|more than 8 MB|does not (go on|end)|bomb|with more after it|100,000 lines/;
const FAULTS = UPSTREAM_FAULTS.filter(({ name }) => !LONG.test(name));
/** One round: each fault once, which is about 2 % of the requests, and a few requests without a fault. */
const TURN = [...FAULTS.keys(), ...Array(6).fill('well')];
/** Number of credentials per fault, so that state about one credential does not affect all requests. */
const KEYS_PER_FAULT = 50;

const MODEL = 'claude-opus-5-5';
const messages = [{ role: 'user', content: 'hello' }];
const CALLERS = [
  { path: '/v1/messages', body: { model: MODEL, max_tokens: 64, messages } },
  { path: '/v1/messages', body: { model: MODEL, max_tokens: 64, messages, stream: true } },
  { path: '/v1/chat/completions', body: { model: MODEL, messages } },
  { path: '/v1/chat/completions', body: { model: MODEL, messages, stream: true } },
  { path: '/v1/responses', body: { model: MODEL, input: 'hello' } },
  { path: '/v1/responses', body: { model: MODEL, input: 'hello', stream: true } },
];

export async function startFaultyUpstream() {
  const upstream = await startAnthropicSimulator({ isRecording: false, isStrict: false });
  upstream.setDefault((request) => {
    const index = /^sk-ant-soak-(\d+)-/.exec(request.credential ?? '')?.[1];
    return index === undefined ? answer() : FAULTS[index].behaviour(request.json?.stream === true);
  });
  return { port: upstream.port, faults: FAULTS.length };
}

/** Sends `count` requests. Returns the count per status, with `cut` and `silent` for answers that did not end well. */
export async function askAmongFaults({ port, first, count }) {
  const seen = {};
  let next = first;
  const worker = async () => {
    while (next < first + count) {
      const sight = await ask(port, next++);
      seen[sight] = (seen[sight] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return { seen };
}

async function ask(port, index) {
  const { path, body } = CALLERS[index % CALLERS.length];
  const headers = {
    'content-type': 'application/json',
    'anthropic-version': '2023-06-01',
    authorization: `Bearer ${keyOf(index)}`,
  };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal,
    });
    for await (const _ of response.body ?? []);
    return String(response.status);
  } catch {
    return signal.aborted ? 'silent' : 'cut';
  }
}

/** Every kind of caller sends each request of a round before the next one. */
function keyOf(index) {
  const place = Math.floor(index / CALLERS.length);
  const round = Math.floor(place / TURN.length) % KEYS_PER_FAULT;
  return `sk-ant-soak-${TURN[place % TURN.length]}-${round}`;
}
