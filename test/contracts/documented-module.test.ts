import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startAnthropicSimulator } from '@claude-proxy/simulator';
import {
  ACCEPTED,
  bodyOfBytes,
  type SendOptions,
  Upstream,
  type UpstreamAnswer,
  type UpstreamProvider,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { AnyModule } from '../../apps/proxy/src/config/declarations.js';
import { createGateway } from '../../apps/proxy/src/index.js';
import { tablesIn } from '../../apps/proxy/src/state/state.module.js';
import { MESSAGE, postJson } from '../support/post-json.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const PAGE = new URL('../../docs/extending.md', import.meta.url);
const ADMIN_TOKEN = 'admin-token-of-the-documented-module';
const admin = { 'x-admin-token': ADMIN_TOKEN };

let directory: string;
let NotesModule: AnyModule;
let gateway: RunningGateway;

beforeAll(async () => {
  const blocks = [...(await readFile(PAGE, 'utf8')).matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!);
  // Here and not elsewhere: Jest looks for Nest beside the file.
  directory = await mkdtemp(fileURLToPath(new URL('notes-', import.meta.url)));
  await writeFile(join(directory, 'notes.ts'), blocks.find((code) => code.includes('NotesModule'))!);
  NotesModule = (await import(join(directory, 'notes.ts'))).default;
  gateway = await startGateway({ ADMIN_TOKEN, NOTES_MAX_CHARACTERS: '5' }, { upstreamModules: [NotesModule] });
});
afterAll(async () => {
  await gateway?.close();
  await rm(directory, { recursive: true });
});

const notes = (user: string, body?: unknown, headers: Record<string, string> = admin) =>
  fetch(`${gateway.url}/api/notes/${user}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

describe('the module of docs/extending.md', () => {
  it('has a table and a setting of its own', async () => {
    expect(await (await notes('alice', { text: 'much too long' })).json()).toEqual({ user: 'alice', text: 'much ' });
    expect(await (await notes('alice')).json()).toEqual({ user: 'alice', text: 'much ' });
    expect(tablesIn([NotesModule]).map(({ section }) => section.name)).toContain('notes');
  });

  it('serves operators only', async () => {
    expect((await notes('alice', { text: 'x' }, {})).status).toBe(401);
  });

  it.each([
    [{}, /text is required/],
    [{ text: 'x', txet: 'y' }, /"txet" is not a member of it/],
    [[], /not a JSON object/],
  ])('refuses the body %j in the form of every other refusal', async (body, message) => {
    const response = await notes('alice', body);
    const { type, error } = (await response.json()) as { type: string; error: { type: string; message: string } };
    expect([response.status, type, error.type]).toEqual([400, 'error', 'invalid_request_error']);
    expect(error.message).toMatch(message);
  });

  it('is among the settings in force', async () => {
    const settings = await (await fetch(`${gateway.url}/debug/env`, { headers: admin })).json();
    expect(settings).toMatchObject({ NOTES_MAX_CHARACTERS: '5', NOTES_TABLE_NAME: 'claude-proxy-notes' });
  });

  it('has its settings validated at the start, together with ours', async () => {
    const faulty = { NOTES_MAX_CHARACTERS: 'none', PORT: 'x' };
    const started = createGateway(faulty, { upstreamModules: [NotesModule] });
    await expect(started).rejects.toMatchObject({
      faults: expect.arrayContaining([
        expect.stringMatching(/^NOTES_MAX_CHARACTERS is "none"/),
        expect.stringMatching(/^PORT is "x"/),
      ]),
    });
  });
});

class OwnBedrock implements UpstreamProvider {
  accepts = () => ACCEPTED;
  async send(_request: UpstreamRequest, _options: SendOptions): Promise<UpstreamAnswer> {
    const body = JSON.stringify({ type: 'message', role: 'assistant', content: [], usage: {}, model: 'own' });
    return { status: 200, headers: ['content-type', 'application/json'], body: bodyOfBytes(Buffer.from(body)) };
  }
}
Upstream('bedrock', { replaces: true })(OwnBedrock);

@Module({ providers: [OwnBedrock] })
class OwnBedrockModule {}

describe('an upstream that replaces a built-in one', () => {
  it('answers in its place', async () => {
    const anthropic = await startAnthropicSimulator();
    const settings = { ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'bedrock,anthropic' };
    const replaced = await startGateway(settings, { upstreamModules: [OwnBedrockModule] });
    const answer = await postJson(`${replaced.url}/v1/messages`, MESSAGE);
    expect(await answer.json()).toMatchObject({ model: 'own' });
    expect(answer.headers.get('x-claude-proxy-upstream')).toBe('bedrock');
    await replaced.close();
    await anthropic.close();
  });
});
