import { createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startBedrockSimulator } from '../../dist/libs/simulator/src/index.js';
import { hostileBodies, hostileToBedrock } from './hostile-bodies.mjs';
import { product, Subject } from './subject.mjs';

const PRELOADED = fileURLToPath(new URL('./loop-blocks.mjs', import.meta.url));
const PATIENCE_MS = 120_000;
const BATCH_PAGE_BYTES = 15 * 1024 * 1024;

const ENDPOINTS = [
  ['/v1/messages', 'messages'],
  ['/v1/messages/stream', 'messages'],
  ['/v1/messages/count_tokens', 'messages'],
  ['/v1/chat/completions', 'chat'],
  ['/v1/responses', 'responses'],
];
const MESSAGE = JSON.stringify({
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-5-5', stop_reason: 'end_turn' },
  content: [{ type: 'text', text: 'hi' }],
  usage: { input_tokens: 1, output_tokens: 1 },
});
/** Pages of batches whose `results_url` the gateway rewrites. */
const PAGES = {
  'no end of a URL': () => `{"results_url":"https://${'a'.repeat(BATCH_PAGE_BYTES)}`,
  'many beginnings of a URL': () => '"results_url":"https://'.repeat(BATCH_PAGE_BYTES / 24),
  'blanks before a URL': () => `{"results_url"${' '.repeat(BATCH_PAGE_BYTES)}:"https://a/v1/messages/batches/b"}`,
  'many URLs': () => '{"results_url":"https://a/v1/messages/batches/b/results"},'.repeat(BATCH_PAGE_BYTES / 60),
};

/** The longest block of the event loop while the gateway reads hostile bodies: `[name, block]`, longest first. */
export async function longestBlocks(only) {
  const upstream = createServer(answer);
  await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address();
  try {
    const blocks = [...(await blocksOf(only, port)), ...(await blocksInFallback(only, port))];
    return blocks.sort(([, one], [, other]) => other.cpuMs - one.cpuMs);
  } finally {
    upstream.closeAllConnections();
    upstream.close();
  }
}

async function blocksOf(only, upstreamPort) {
  const subject = await Subject.start('blocks', watched(), upstreamPort);
  const { blocks, measure } = meter(subject, only);
  try {
    for (const [path, dialect] of ENDPOINTS) {
      for (const [name, body] of hostileBodies(dialect)) {
        await measure(`${path} ${name}`, () => statusOf(subject.port, 'POST', path, Buffer.from(body)));
      }
    }
    for (const name of Object.keys(PAGES)) {
      await measure(`a page of batches, ${name}`, () =>
        statusOf(subject.port, 'GET', `/v1/messages/batches?page=${encodeURIComponent(name)}`),
      );
    }
    return blocks;
  } finally {
    await subject.stop();
  }
}

/** While each request is answered by Bedrock: the translation of bodies. */
async function blocksInFallback(only, upstreamPort) {
  const bedrock = await startBedrockSimulator({ isStrict: false, isRecording: false });
  const subject = await Subject.start(
    'fallback blocks',
    watched({
      FORCE_RATE_LIMIT: 'true',
      FALLBACK_FOR: 'anyone',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' },
    }),
    upstreamPort,
  );
  const { blocks, measure } = meter(subject, only);
  try {
    for (const [name, body] of [...hostileBodies('messages'), ...hostileToBedrock()]) {
      await measure(`in a fallback: ${name}`, () => statusOf(subject.port, 'POST', '/v1/messages', Buffer.from(body)));
    }
    return blocks;
  } finally {
    await subject.stop();
    await bedrock.close();
  }
}

/** A gateway that measures its event loop. */
function watched(settings = {}) {
  const command = product(undefined, ['--import', PRELOADED]);
  return (options) => {
    const { env, ...rest } = command(options);
    const unlimited = { THROTTLE_LIMIT: '0', THROTTLE_COUNT_TOKENS_LIMIT: '0' };
    return { ...rest, hasChannel: true, env: { ...env, ...unlimited, ...settings } };
  };
}

function meter(subject, only) {
  const blocks = [];
  const measure = async (name, ask) => {
    if (only && !name.includes(only)) return;
    await longestOf(subject.child);
    const status = await ask();
    const block = await longestOf(subject.child).catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    blocks.push([`${name}: ${status}`, block]);
  };
  return { blocks, measure };
}

function answer(incoming, response) {
  const page = PAGES[new URL(incoming.url, 'http://x').searchParams.get('page')];
  incoming.resume().once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(page ? page() : MESSAGE);
  });
}

function longestOf(child) {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the gateway has ended: a body held its event loop for too long'));
    child.once('message', (block) => {
      child.removeListener('exit', gone);
      resolve(block);
    });
    child.once('exit', gone);
    if (child.exitCode !== null) gone();
    else child.send('longest', (error) => error && reject(error));
  });
}

/** The status, or the error without one: a refusal can come before the body was sent. */
function statusOf(port, method, path, body) {
  return new Promise((resolve) => {
    const headers = {
      ...{ 'content-type': 'application/json', authorization: 'Bearer sk-ant-bench' },
      ...(body ? { 'content-length': body.length } : {}),
    };
    const asking = request({ port, host: '127.0.0.1', method, path, headers, timeout: PATIENCE_MS, agent: false });
    asking.once('timeout', () => asking.destroy(new Error('no answer')));
    asking.once('error', (error) => resolve(error.message));
    asking.once('response', (incoming) => {
      incoming.resume();
      incoming.once('close', () => resolve(incoming.statusCode));
      incoming.once('error', () => {});
    });
    asking.end(body);
  });
}
