import { PromptReader } from '../../dist/apps/proxy/src/sessions/prompt/read-prompt.js';
import { SessionLines } from '../../dist/apps/proxy/src/sessions/prompt/session-lines.js';
import { membersOfJson } from '../../dist/libs/messages-api/src/index.js';

/** Of messages, beside tools and system prompt. */
const BODY_BYTES = 340_000;
const ROUNDS = 200;
const WARM_UP = 100;
const BREAKPOINT = { cache_control: { type: 'ephemeral' } };
const LINE = 'const entry = entryOf("name", 42, größe); // as long as a line of code\n\treturn entry.isDone;\n';

/**
 * Microseconds of fingerprinting a prompt of 400 KB in so many messages: of the next request of a session, whose messages
 * but two are known, and of the first one that a process sees. The body has been scanned before, for every request.
 */
export function sessionsCosts(messages) {
  const [before, after] = [messages - 2, messages].map((count) => memberOf(bodyOf(count, BODY_BYTES / messages)));
  const first = () => place(new SessionLines(), before);
  const lines = new SessionLines();
  keep(lines, place(lines, before));
  const next = () => place(lines, after);
  return { nextMicroseconds: microsecondsOf(next), firstMicroseconds: microsecondsOf(first) };
}

function place(lines, memberOf) {
  return lines.place(new PromptReader(memberOf), undefined);
}

function keep(lines, { line, prompt }) {
  lines.keep(line, { prompt, marks: [], startedAtMs: 0 });
}

function memberOf(body) {
  const members = membersOfJson(body);
  return (name) => {
    const range = members.get(name);
    return range && body.subarray(range.start, range.end);
  };
}

/** Turns of tools, as Claude Code has them; tools and system prompt take 60 KB of it. */
function bodyOf(count, perMessage) {
  const head = {
    model: 'claude-opus-5-5',
    max_tokens: 32_000,
    thinking: { type: 'adaptive' },
    tools: Array.from({ length: 15 }, (_, index) => toolOf(index)),
    system: [
      { type: 'text', text: 'You are a careful engineer. '.repeat(40) },
      { type: 'text', text: 'Use the tools that you have. '.repeat(600), ...BREAKPOINT },
    ],
  };
  const messages = Array.from({ length: count }, (_, index) => messageOf(index, perMessage));
  Object.assign(messages.at(-1).content[0], BREAKPOINT);
  return Buffer.from(JSON.stringify({ ...head, messages }));
}

function messageOf(index, bytes) {
  const text = LINE.repeat(Math.ceil(bytes / LINE.length)).slice(0, Math.max(20, bytes - 130));
  const id = `toolu_${index >> 1}`;
  if (index % 2 === 0) return { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: text }] };
  return { role: 'assistant', content: [{ type: 'tool_use', id, name: 'Write', input: { path: '/a/b', text } }] };
}

function toolOf(index) {
  const properties = Object.fromEntries(['path', 'text', 'limit'].map((name) => [name, { type: 'string' }]));
  return {
    name: `Tool${index}`,
    description: 'What it does, when to use it, and what comes of it. '.repeat(50),
    input_schema: { type: 'object', properties, required: ['path'] },
  };
}

/** CPU of this thread, which a busy machine changes little. Its clock is coarse, so many rounds are measured at once. */
function microsecondsOf(work) {
  for (let round = 0; round < WARM_UP; round += 1) work();
  const before = process.threadCpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / ROUNDS;
}
