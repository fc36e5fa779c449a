import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AnthropicSimulator, startAnthropicSimulator } from '@claude-proxy/simulator';
import { describeStep } from '@claude-proxy/upstream/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MESSAGE, postJson } from '../support/post-json.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const PAGE = new URL('../../docs/extending.md', import.meta.url);

let directory: string;
/** Like a reader: the block of the page that has the step. */
async function loadSample() {
  const blocks = [...(await readFile(PAGE, 'utf8')).matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!);
  // Here and not elsewhere: Jest looks for Nest beside the file.
  directory ??= await mkdtemp(fileURLToPath(new URL('ticket-', import.meta.url)));
  await writeFile(join(directory, 'ticket.ts'), blocks.find((code) => code.includes('class TicketStep'))!);
  return import(join(directory, 'ticket.ts'));
}
afterAll(() => rm(directory, { recursive: true }));

describeStep('documented', async () => ({ step: new (await loadSample()).TicketStep() }));

describe('the step of docs/extending.md', () => {
  let anthropic: AnthropicSimulator;
  let gateway: RunningGateway;
  beforeAll(async () => {
    anthropic = await startAnthropicSimulator();
    const upstreamModules = [(await loadSample()).default];
    gateway = await startGateway({ ANTHROPIC_UPSTREAM_URL: anthropic.url }, { upstreamModules });
  });
  afterAll(async () => {
    await gateway?.close();
    await anthropic.close();
  });

  it('refuses in its own words, and no upstream is asked', async () => {
    const refused = await postJson(`${gateway.url}/user/intern/v1/messages`, MESSAGE);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      error: {
        type: 'permission_error',
        message: 'The model claude-opus-5-5 is not allowed for intern. Use claude-haiku-4-5 instead.',
      },
    });
    expect(anthropic.requests).toHaveLength(0);
  });

  it('adds its header to an answer', async () => {
    const answered = await postJson(`${gateway.url}/user/alice/v1/messages`, MESSAGE);
    expect(answered.status).toBe(200);
    expect(answered.headers.get('x-ticket')).toBe('alice');
  });
});
