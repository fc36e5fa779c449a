import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { untilReady } from '../bench/dynamo.mjs';
import { freePort } from '../bench/subject.mjs';

const CONTAINER = fileURLToPath(new URL('container.mjs', import.meta.url));
const MEMORY_BYTES = 2 ** 30;
const STREAMS = 500;
const BODY_BYTES = 2_000_000;
/** Streams that are open when the container has to stop. */
const LAST_STREAMS = 60;
const START_TRIES = 3_000;
const EVENTS = 12;
const EVERY_MS = 250;
const EVENT = 'event: ping\ndata: {"type":"ping"}\n\n';
const LAST_EVENT = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';

/**
 * Asks a container with 1 GB for 500 streams with bodies of 2 MB at once, then stops it while streams are open.
 *
 * @returns what `ccp status` says inside the container, how the answers ended (`whole`, `refused`, `cut`) before and during
 *   the stop, the peak memory of the gateway in MB, and the container's exit code
 */
export async function holdStreams(image, environment) {
  const upstream = new SlowUpstream();
  const id = `claude-proxy-streams-${process.pid}`;
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    PORT: String(port),
    ANTHROPIC_UPSTREAM_URL: await upstream.listen(),
    FALLBACK_CHAIN: 'anthropic',
    THROTTLE_LIMIT: '0',
    LOG_LEVEL: 'silent',
    ADMIN_TOKEN: 'image',
    ...environment,
  };
  const args = [CONTAINER, image, id, String(MEMORY_BYTES)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const ended = once(child, 'exit');
  try {
    await untilReady(port, START_TRIES);
    const status = await statusIn(id);
    const burst = await answersOf(port, STREAMS, BODY_BYTES);
    const peakMb = peakMegabytes(id);
    const last = answersOf(port, LAST_STREAMS, 1_000);
    await upstream.hasBegun(LAST_STREAMS);
    child.kill('SIGTERM');
    return { status, burst, peakMb, last: await last, exitCode: (await ended)[0] };
  } finally {
    child.kill('SIGTERM');
    await ended;
    upstream.close();
  }
}

/** Answers with an event each 250 ms for three seconds. */
class SlowUpstream {
  #server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing));
  #open = 0;
  #onBegun = () => {};

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Resolves when so many answers are running. */
  hasBegun(count) {
    return new Promise((resolve) => {
      this.#onBegun = () => this.#open >= count && resolve();
      this.#onBegun();
    });
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(incoming, outgoing) {
    for await (const _ of incoming);
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    this.#open += 1;
    this.#onBegun();
    let sent = 0;
    const ticker = setInterval(() => {
      sent += 1;
      if (sent < EVENTS) outgoing.write(EVENT);
      else outgoing.end(LAST_EVENT);
    }, EVERY_MS);
    outgoing.once('close', () => {
      clearInterval(ticker);
      this.#open -= 1;
    });
  }
}

async function answersOf(port, count, bodyBytes) {
  const agent = new Agent({ maxSockets: count });
  const body = JSON.stringify({
    model: 'claude-opus-5-5',
    max_tokens: 100,
    stream: true,
    messages: [{ role: 'user', content: 'x'.repeat(bodyBytes) }],
  });
  const ends = await Promise.all(Array.from({ length: count }, () => endOf(port, agent, body)));
  agent.destroy();
  const numberOf = (kind) => ends.filter((end) => end === kind).length;
  return { whole: numberOf('whole'), refused: numberOf('refused'), cut: numberOf('cut') };
}

function endOf(port, agent, body) {
  const headers = { 'content-type': 'application/json', 'x-api-key': 'sk-ant-image', 'content-length': body.length };
  return new Promise((resolve) => {
    const asking = request({ port, host: '127.0.0.1', agent, method: 'POST', path: '/v1/messages', headers });
    asking.once('error', () => resolve('cut'));
    asking.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.once('close', () => {
        if (answer.statusCode === 503) resolve('refused');
        else resolve(text.endsWith(LAST_EVENT) ? 'whole' : 'cut');
      });
    });
    asking.end(body);
  });
}

/** Never waits in this process: calls to the store pass through it. @throws Error unless the command finds the gateway */
function statusIn(id) {
  return new Promise((resolve, reject) => {
    execFile('runc', ['exec', id, 'node', 'bin/ccp.js', 'status'], (error, stdout, stderr) => {
      // 6: degraded, as a gateway without a fallback is.
      if (error && error.code !== 6)
        reject(new Error(`ccp status ended with exit code ${error.code}: ${stderr}${stdout}`));
      else resolve(stdout.trim());
    });
  });
}

function peakMegabytes(id) {
  const { pid } = JSON.parse(execFileSync('runc', ['state', id], { encoding: 'utf8' }));
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1_024);
}
