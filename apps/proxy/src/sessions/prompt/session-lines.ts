import type { Baseline } from './cache-break.js';
import { memoryOf, type Prompt } from './prompt.js';
import { commonMessages } from './prompt-changes.js';
import type { PromptReader } from './read-prompt.js';

/** Conversations that one session has at the same time: the main one, side requests, subagents. */
const MAX_LINES = 24;

/** One conversation of a session. Only its own requests can break its cache. */
export interface Line {
  /** Counts from 1 in each session of this process. */
  readonly number: number;
  /** The subagent, as its client names it. */
  readonly agent: string | undefined;
  baseline: Baseline | undefined;
}

/** Where a request belongs. */
export interface Placement {
  readonly line: Line;
  readonly prompt: Prompt;
  /**
   * `continued`: the line has an earlier request. `restarted`: tools or system prompt are those of an earlier line, and
   * all messages are others, as after a compaction. `new`: nothing is known.
   */
  readonly begins: 'continued' | 'restarted' | 'new';
}

/** The conversations of one session, the last used one at the end. */
export class SessionLines {
  private lines: Line[] = [];
  private made = 0;

  get memory(): number {
    return this.lines.reduce((sum, { baseline }) => sum + (baseline ? memoryOf(baseline.prompt) : 0), 0);
  }

  /** @throws what reading a prompt throws */
  place(reader: PromptReader, agent: string | undefined): Placement {
    const own = this.lines.filter((line) => line.agent === agent && line.baseline).reverse();
    const kept = own.map(({ baseline }) => reader.keptOf(baseline!.prompt.messages));
    const best = kept.indexOf(Math.max(...kept));
    if (best >= 0 && kept[best]! > 0) {
      const line = own[best]!;
      return { line, prompt: reader.read(line.baseline!.prompt, kept[best]), begins: 'continued' };
    }
    const prompt = reader.read(own[0]?.baseline?.prompt, 0);
    const continued = own.find(({ baseline }) => isSameConversation(baseline!.prompt, prompt));
    if (continued) return { line: continued, prompt, begins: 'continued' };
    const isRestarted = own.some(({ baseline }) => hasSameHead(baseline!.prompt, prompt));
    const line = { number: 0, agent, baseline: undefined };
    return { line, prompt, begins: isRestarted ? 'restarted' : 'new' };
  }

  /** The request of a placement was answered. Returns its line, which is numbered now. */
  keep(placed: Line, baseline: Baseline): Line {
    const isNew = placed.number === 0;
    if (isNew) this.made += 1;
    const line = isNew ? { ...placed, number: this.made } : placed;
    // Answers of parallel requests come in any order.
    const isNewer = !line.baseline || line.baseline.startedAtMs <= baseline.startedAtMs;
    if (isNewer) line.baseline = baseline;
    this.lines = [...this.lines.filter((each) => each !== line), line].slice(-MAX_LINES);
    return line;
  }
}

/** The first message is the same, or an answer of the assistant at the same place. */
function isSameConversation({ messages: before }: Prompt, { messages: after }: Prompt): boolean {
  if (commonMessages(before, after) > 0) return true;
  const shorter = Math.min(before.count, after.count);
  for (let index = 0; index < shorter; index += 1) {
    if (before.assistants[index] && before.hashes[index] === after.hashes[index]) return true;
  }
  return false;
}

/** A new conversation of the same kind: a side request has other tools and another system prompt. */
function hasSameHead(before: Prompt, after: Prompt): boolean {
  const isSame = (one: readonly number[], other: readonly number[]) =>
    one.length > 0 && one.length === other.length && one.every((hash, index) => hash === other[index]);
  return isSame(before.tools.hashes, after.tools.hashes) || isSame(before.system.hashes, after.system.hashes);
}
