import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { headOfPost, RawSocket } from '../support/raw-socket.js';
import { startUpstream } from '../support/start-upstream.js';

const READERS = 40;
const STREAM_BYTES = 20_000_000;
const START = 'event: message_start\ndata: {"type":"message_start","message":{"model":"m"}}\n\n';
const DELTA = `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', text: 'x'.repeat(16_000) })}\n\n`;
const STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';

const residentBytes = async (pid: number) => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
};

it(`${READERS} stalled readers of 20 MB streams add less than a quarter of what they would hold`, async () => {
  let writtenBytes = 0;
  const upstream = await startUpstream((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const isShort = request.headers['x-stainless-short'] !== undefined;
    const deltas = function* () {
      yield START;
      for (let sent = 0; sent < (isShort ? 200_000 : STREAM_BYTES); sent += DELTA.length) {
        if (!isShort) writtenBytes += DELTA.length;
        yield DELTA;
      }
      yield STOP;
    };
    Readable.from(deltas(), { objectMode: false }).pipe(response);
  });
  const gateway = await BuiltGateway.started({ ANTHROPIC_UPSTREAM_URL: upstream.url });
  const body = JSON.stringify({ ...MESSAGE, stream: true });
  const warmUp = async () => {
    const headers = { 'x-api-key': 'sk-ant-test', 'content-type': 'application/json', 'x-stainless-short': '1' };
    await (await postJson(`${gateway.url}/v1/messages`, { ...MESSAGE, stream: true }, { headers })).text();
  };
  for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: READERS }, warmUp));
  const before = await residentBytes(gateway.pid);
  const clients = await Promise.all(Array.from({ length: READERS }, () => RawSocket.connect(gateway.port)));
  for (const client of clients) {
    client.socket.pause();
    client.write(headOfPost('/v1/messages', `content-length: ${body.length}`)).write(body);
  }
  for (let seen = -1; seen !== writtenBytes || seen === 0; await sleep(300)) seen = writtenBytes;
  const added = (await residentBytes(gateway.pid)) - before;
  expect(writtenBytes).toBeGreaterThan(READERS * 100_000);
  expect(writtenBytes).toBeLessThan(READERS * STREAM_BYTES);
  expect(added).toBeLessThan((READERS * STREAM_BYTES) / 4);
  for (const client of clients) client.destroy();
  await gateway.stop();
  await upstream.close();
}, 60_000);
