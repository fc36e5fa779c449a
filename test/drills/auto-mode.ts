import { answer, rateLimited } from '@claude-proxy/simulator';
import type { Stage } from './stage.js';

/** The field that Claude Code reads in auto mode before it runs a tool. */
export interface Verdict {
  readonly title: string;
  readonly seen: string;
  readonly faults: readonly string[];
}

const QUESTION = {
  model: 'claude-opus-5-5',
  max_tokens: 200,
  messages: [{ role: 'user', content: 'List the files.' }],
  tools: [{ name: 'Bash', input_schema: { type: 'object' } }],
  safeguards: [{ type: 'dangerous_tool_use', classifier_context: {} }],
};
const BETAS = 'dangerous-tool-use-2026-09-03,afk-mode-2026-01-31';
const CALL = { toolUse: { name: 'Bash', input: { command: 'ls' }, id: 'toolu_1' } };
const EVALUATED = '"tool_uses":{"toolu_1":{"type":"evaluated","outcome":"not_flagged"}}';
const UNAVAILABLE = '"status":{"type":"unavailable","reason":"error"}';

/** Auto mode while Anthropic returns 429: with a verdict from Bedrock, and without one. */
export async function* playAutoMode(stage: Stage): AsyncGenerator<Verdict> {
  for (const stream of [true, false]) {
    for (const hasVerdict of [true, false]) {
      const how = `${hasVerdict ? 'Bedrock judges the tool' : 'Bedrock gives no verdict'}, ${stream ? 'streamed' : 'in one piece'}`;
      yield scene(stage, `auto mode, ${how}`, { stream, hasVerdict });
    }
  }
}

async function scene(stage: Stage, title: string, { stream, hasVerdict }: { stream: boolean; hasVerdict: boolean }) {
  stage.anthropic.script(rateLimited({ retryAfterSeconds: 1 }));
  stage.bedrock.script(answer({ ...CALL, hasVerdict }));
  const response = await fetch(`${stage.url}/user/auto-${stream}-${hasVerdict}/v1/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': 'sk-ant-drill',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': BETAS,
    },
    body: JSON.stringify({ ...QUESTION, stream }),
  });
  const text = await response.text();
  const upstream = response.headers.get('x-claude-proxy-upstream');
  const expected = hasVerdict ? EVALUATED : UNAVAILABLE;
  const faults = [
    ...(upstream === 'bedrock' ? [] : [`answered by ${upstream}, not by bedrock: ${text.slice(0, 200)}`]),
    ...(text.includes(expected) ? [] : [`the answer has no ${expected}`]),
  ];
  return { title, seen: hasVerdict ? 'evaluated' : 'unavailable', faults };
}
