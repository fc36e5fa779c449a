import { hash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordedRequest, raw, refuse } from '@claude-proxy/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_HEADERS, MESSAGE, postJson } from '../support/post-json.js';
import { type Stage, startStage } from '../support/start-stage.js';

const ROLE = 'arn:aws:iam::204813579264:role/ci-deployer';
const KEY = 'AKIAQ3EGRMB5T2YKL7XA';
const TURNS = 10;
const USAGE = { input_tokens: 1, output_tokens: 1 };
const ANSWER = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: MESSAGE.model,
  stop_reason: 'end_turn',
  usage: USAGE,
};

// biome-ignore lint/suspicious/noExplicitAny: messages have every shape
type Json = any;

let stage: Stage;
let directory: string;
let settings: Record<string, string>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'masking-session-'));
  settings = { DATA_DIR: directory, MASKING: 'aws', MASKING_RULES_FILE: join(directory, 'rules.json') };
  await writeRules([]);
  stage = await startStage(settings);
});
afterAll(() => stage.close());
beforeEach(() => stage.anthropic.reset());

const writeRules = (rules: unknown) => writeFile(join(directory, 'rules.json'), JSON.stringify(rules));
const post = (messages: unknown, session?: string) =>
  postJson(
    `${stage.gateway.url}/v1/messages`,
    { ...MESSAGE, messages },
    { headers: { ...CLIENT_HEADERS, ...(session && { 'x-claude-code-session-id': session }) } },
  );
const user = (content: string) => ({ role: 'user', content });
const sentText = async (index: number) => String((await stage.anthropic.requestAt(index)).body);
const sealOf = (before: unknown, thinking: string) => hash('sha256', `${JSON.stringify(before)} ${thinking}`, 'base64');

/** A model that refuses thinking whose beginning has changed, as models with bound thinking do. */
function boundModel({ json }: RecordedRequest) {
  const messages = (json as Json).messages as Json[];
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== 'assistant') continue;
    const [{ thinking, signature }] = content;
    if (signature !== sealOf(messages.slice(0, index), thinking))
      return refuse(400, { message: 'the beginning changed' });
  }
  const said = JSON.stringify(messages[0].content);
  const thinking = `turn ${messages.length} is about ${said}`;
  const content = [
    { type: 'thinking', thinking, signature: sealOf(messages, thinking) },
    { type: 'text', text: `about ${said}` },
  ];
  const body = JSON.stringify({ ...ANSWER, content });
  return raw({ status: 200, headers: { 'content-type': 'application/json' }, body });
}

describe('a session', () => {
  it('M6 with bound thinking is accepted for ten turns, each of which begins with the bytes of the one before', async () => {
    stage.anthropic.setDefault(boundModel);
    const messages: Json[] = [user(`see ${ROLE} and ${KEY}`)];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const answered = await post(messages);
      expect(answered.status).toBe(200);
      const { content } = (await answered.json()) as Json;
      expect(content.at(-1).text).toContain(ROLE);
      messages.push({ role: 'assistant', content }, user(`turn ${turn} with vpc-0a1b2c3d4e5f6071${turn}`));
    }
    const sent = await Promise.all(Array.from({ length: TURNS }, (_, index) => sentText(index)));
    for (const [index, text] of sent.entries()) {
      expect(text).not.toMatch(/204813579264|ci-deployer|AKIAQ3EGRMB5T2YKL7XA|0a1b2c3d4e5f6071/);
      const before = sent[index - 1];
      if (before) expect(text.startsWith(before.slice(0, before.lastIndexOf(']')))).toBe(true);
    }
  });

  it('M12 sends an access key that does not hold the number of its account', async () => {
    const bits = (key: string) =>
      [...key.slice(4)].reduce(
        (sum, letter) => (sum << 5n) | BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter)),
        0n,
      );
    const accountOf = (key: string) => String(((bits(key) >> 32n) & 0x7fff_ffff_ff80n) >> 7n).padStart(12, '0');
    await post([user(`${KEY} of account ${accountOf(KEY)}`)]);
    const sent = JSON.parse(await sentText(0)).messages[0].content as string;
    const [, key, account] = /^(AKIA\w{16}) of account (\d{12})$/.exec(sent)!;
    expect(account).not.toBe(accountOf(KEY));
    expect(accountOf(key!)).toBe(account);
  });

  it('keeps the rules of its first request when the rules change and the gateway starts anew', async () => {
    const begun: Json[] = [user('the project ORION-12 is late')];
    await (await post(begun, 'session-of-old-rules')).text();
    await writeRules([{ name: 'PROJECT', pattern: 'ORION-[0-9]{2}' }]);
    await stage.restart();
    const further = [...begun, { role: 'assistant', content: 'ok' }, user('and now?')];
    await (await post(further, 'session-of-old-rules')).text();
    await (await post(further, 'session-of-new-rules')).text();
    await (await post(begun, 'another-session')).text();
    const sent = await Promise.all([0, 1, 2, 3].map(sentText));
    expect(sent.map((text) => text.includes('ORION-12'))).toEqual([true, true, false, false]);
    expect(sent[1]!.startsWith(sent[0]!.slice(0, sent[0]!.lastIndexOf(']')))).toBe(true);
  });
});
