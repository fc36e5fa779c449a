import { describe, expect, it } from '@jest/globals';
import { baselineAfter } from './cache-break.js';
import { SessionLines } from './session-lines.js';
import { type Body, readerOf, textBlock } from './testing/prompt-of.js';

const OWNER = { upstream: 'a', model: 'm', organization: undefined, workspace: undefined, credential: undefined };
const tool = { name: 'a', input_schema: {} };

function conversation(name: string, turns: number, more: Partial<Body> = {}): Body {
  const messages = Array.from({ length: 2 * turns - 1 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${name} ${index}`,
  }));
  return { tools: [tool], system: 'main', messages, ...more };
}

class Session {
  readonly lines = new SessionLines();
  private startedAtMs = 0;

  /** The line of a request, and how it began there. */
  send(body: Body, agent?: string): string {
    const { line, prompt, begins } = this.lines.place(readerOf(body), agent);
    this.startedAtMs += 1;
    const request = { id: 'e', prompt, owner: OWNER, startedAtMs: this.startedAtMs, readTokens: 0, writtenTokens: 0 };
    const kept = this.lines.keep(line, baselineAfter(line.baseline, { ...request, inputTokens: 0 }));
    return `${kept.number} ${begins}`;
  }
}

describe('SessionLines', () => {
  it('keeps side requests and subagents apart from the main conversation', () => {
    const session = new Session();
    const title: Body = { system: 'make a title', messages: [{ role: 'user', content: 'main 0' }] };
    expect(session.send({ ...title, messages: [{ role: 'user', content: 'title of main 0' }] })).toBe('1 new');
    expect(session.send(conversation('main', 1))).toBe('2 new');
    expect(session.send(conversation('sub', 1), 'agent-1')).toBe('3 new');
    expect(session.send(conversation('sub', 1), 'agent-2')).toBe('4 new');
    expect(session.send(conversation('main', 2))).toBe('2 continued');
    expect(session.send(conversation('sub', 2), 'agent-2')).toBe('4 continued');
    expect(session.send(conversation('sub', 2), 'agent-1')).toBe('3 continued');
  });

  it('keeps parallel conversations of one kind apart where agents have no names', () => {
    const session = new Session();
    expect(session.send(conversation('one', 1))).toBe('1 new');
    expect(session.send(conversation('two', 1))).toBe('2 restarted');
    expect(session.send(conversation('one', 2))).toBe('1 continued');
    expect(session.send(conversation('two', 2))).toBe('2 continued');
  });

  it('follows a conversation whose tools, system prompt or first message change', () => {
    const session = new Session();
    session.send(conversation('main', 3));
    expect(session.send(conversation('main', 4, { tools: [], system: 'other' }))).toBe('1 continued');
    const { messages } = conversation('main', 5);
    const edited = {
      ...conversation('main', 5),
      messages: [{ role: 'user', content: 'new date' }, ...messages.slice(1)],
    };
    expect(session.send(edited)).toBe('1 continued');
  });

  it('begins a line anew after a compaction', () => {
    const session = new Session();
    session.send(conversation('main', 30));
    expect(session.send(conversation('summary', 1))).toBe('2 restarted');
    expect(session.send(conversation('summary', 2))).toBe('2 continued');
  });

  it('recognizes the first message in another form', () => {
    const session = new Session();
    const inList = (text: string) => [textBlock(text, { cache_control: { type: 'ephemeral' } })];
    session.send({ messages: [{ role: 'user', content: inList('main 0') }] });
    expect(session.send(conversation('main', 2))).toBe('1 continued');
  });

  it('forgets the longest unused of many lines', () => {
    const session = new Session();
    session.send(conversation('first', 1));
    const { memory } = session.lines;
    for (let index = 0; index < 200; index += 1) session.send(conversation(`agent ${index}`, 1), `agent-${index}`);
    expect(session.lines.memory).toBeLessThan(30 * memory);
    expect(session.send(conversation('first', 2))).toBe('202 new');
  });

  it('keeps the newer of two answers that come in the other order', () => {
    const lines = new SessionLines();
    const request = (turns: number, startedAtMs: number) => {
      const { line, prompt } = lines.place(readerOf(conversation('main', turns)), undefined);
      const facts = {
        id: `e${turns}`,
        prompt,
        owner: OWNER,
        startedAtMs,
        readTokens: 0,
        writtenTokens: 0,
        inputTokens: 0,
      };
      return { line, baseline: baselineAfter(line.baseline, facts) };
    };
    const first = request(1, 1);
    const line = lines.keep(first.line, first.baseline);
    const [second, third] = [request(2, 2), request(3, 3)];
    lines.keep(third.line, third.baseline);
    lines.keep(second.line, second.baseline);
    expect(line.baseline?.id).toBe('e3');
  });
});
