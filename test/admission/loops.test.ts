import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminApi } from '../support/admin-api.js';
import { listenLive } from '../support/listen-live.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

const SECRET = 'the input of the tool';
let stage: Stage;
const admin = adminApi(() => stage.gateway);
beforeAll(async () => {
  stage = await startStage({ LOOP_DETECTION: 'warn', LOOP_CALLS: '4' });
});
afterAll(() => stage.close());

/** A conversation that ends with equal calls. */
const loopOf = (count: number) => [
  { role: 'user', content: 'Run the tests.' },
  ...Array.from({ length: count }, (_, index) => [
    {
      role: 'assistant',
      content: [{ type: 'tool_use', id: `toolu_${index}`, name: 'Bash', input: { command: SECRET } }],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${index}`, content: 'failed' }] },
  ]).flat(),
];
const ask = (user: string, count: number) => postMessage(stage.gateway, { user, body: { messages: loopOf(count) } });
const storyOf = async (user: string) => {
  await admin.written();
  const [line] = (await admin.ask(`/api/requests?user=${user}`)).json.requests;
  return (await admin.ask(`/api/requests/${line.id}`)).json;
};

describe('an agent that repeats a tool call', () => {
  it('LOOP_DETECTION=warn: is answered, and reported with an event, a header, a metric and in the story', async () => {
    const live = await listenLive(stage.gateway);
    expect((await ask('alice', 3)).headers.get('x-claude-proxy-loop')).toBeNull();
    for (const count of [4, 5, 6]) {
      const { status, headers } = await ask('alice', count);
      expect([status, headers.get('x-claude-proxy-loop')]).toEqual([200, `Bash ${count} times`]);
    }
    expect((await storyOf('alice')).repeated).toEqual({ tools: 'Bash', times: 6 });
    await ask('alice', 8);
    const events = await live.operatorEvents('user:alice', 2);
    await live.close();
    expect(events.map(({ type, text }) => [type, text])).toEqual([
      ['loop.detected', 'An agent of alice has called Bash with the same input 4 times in a row.'],
      ['loop.detected', 'An agent of alice has called Bash with the same input 8 times in a row.'],
    ]);
    expect(JSON.stringify(live.events)).not.toContain(SECRET);
    const { text } = await admin.ask('/metrics');
    expect(text).toContain('claude_proxy_loop_requests_total{outcome="completed"} 4');
  });

  it('LOOP_DETECTION=stop: is refused in one request with what it repeats, and goes on after a message of a person', async () => {
    await stage.restart({ LOOP_DETECTION: 'stop' });
    stage.anthropic.reset();
    const refused = await ask('bob', 4);
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([429, 'false']);
    expect(JSON.parse(refused.text).error.message).toMatch(/^The agent has called Bash with the same input 4 times/);
    expect(refused.text).not.toContain(SECRET);
    expect(stage.anthropic.requests).toHaveLength(0);
    expect(await storyOf('bob')).toMatchObject({ outcome: 'refused', repeated: { tools: 'Bash', times: 4 } });
    const messages = [...loopOf(9), { role: 'user', content: 'Stop that, and read the log.' }];
    expect((await postMessage(stage.gateway, { user: 'bob', body: { messages } })).status).toBe(200);
  });

  it("is stopped in OpenAI's dialect, too", async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'shell', arguments: '{"command":"ls"}' } };
    const turn = [
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'failed' },
    ];
    const messages = [{ role: 'user', content: 'go' }, ...Array.from({ length: 5 }, () => turn).flat()];
    const response = await fetch(`${stage.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-ant-test-1' },
      body: JSON.stringify({ model: 'claude-opus-5-5', messages }),
    });
    expect([response.status, await response.text()]).toEqual([429, expect.stringContaining('has called shell')]);
  });
});
