import type { JsonObject } from './json-object.js';

interface Turn {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: JsonObject[];
}

/** Anthropic's two places for what was said. */
export interface SystemAndMessages {
  readonly system?: string;
  readonly messages: readonly Turn[];
}

/**
 * Collects what was said in OpenAI's order and gives it in Anthropic's: roles in turn, the results of one round of
 * tool calls in one turn, no empty text.
 */
export class Conversation {
  private readonly leading: string[] = [];
  private readonly turns: Turn[] = [];

  constructor(private readonly takesSystemTurns: boolean) {}

  get hasToolCalls(): boolean {
    return this.turns.some(({ content }) => content.some(({ type }) => type === 'tool_use'));
  }

  system(text: string): void {
    if (text.trim() === '') return;
    if (this.turns.length === 0) this.leading.push(text);
    else this.turns.push({ role: 'system', content: [textBlock(text)] });
  }

  say(role: 'user' | 'assistant', blocks: readonly JsonObject[]): void {
    const content = blocks.filter((block) => block.type !== 'text' || block.text !== '');
    if (content.length > 0) this.turns.push({ role, content });
  }

  /** `system` may be given a last line, such as an instruction about the form of the answer. */
  toMessages(lastSystemLine?: string): SystemAndMessages {
    const messages: Turn[] = [];
    const next = nextSpeakers(this.turns);
    for (const [index, turn] of this.turns.entries()) append(messages, this.placed(turn, messages.at(-1), next[index]));
    for (const { role, content } of messages) if (role === 'user') resultsFirst(content);
    const system = [...this.leading, ...(lastSystemLine ? [lastSystemLine] : [])].join('\n');
    // Tools that put everything into the system message still want an answer.
    if (messages.length === 0 && system !== '') return { messages: [{ role: 'user', content: [textBlock(system)] }] };
    return system === '' ? { messages } : { system, messages };
  }

  /** A later system message stays where it is if the model and the neighbours allow; hoisting it would spoil caches. */
  private placed(turn: Turn, previous: Turn | undefined, next: Turn['role'] | undefined): Turn {
    if (turn.role !== 'system') return turn;
    const isBetween = previous !== undefined && previous.role !== 'assistant' && next !== 'user';
    if (this.takesSystemTurns && isBetween) return turn;
    const text = `<system-reminder>\n${String(turn.content[0]!.text)}\n</system-reminder>`;
    return { role: 'user', content: [textBlock(text)] };
  }
}

export function textBlock(text: string): JsonObject {
  return { type: 'text', text };
}

/** For each turn the next role that is not `system`, from the last one backwards: a search for each costs their square. */
function nextSpeakers(turns: readonly Turn[]): (Turn['role'] | undefined)[] {
  const next: (Turn['role'] | undefined)[] = [];
  let speaker: Turn['role'] | undefined;
  for (let index = turns.length - 1; index >= 0; index -= 1) {
    next[index] = speaker;
    const { role } = turns[index]!;
    if (role !== 'system') speaker = role;
  }
  return next;
}

function append(messages: Turn[], turn: Turn): void {
  const last = messages.at(-1);
  if (last?.role === turn.role) for (const block of turn.content) last.content.push(block);
  else messages.push({ role: turn.role, content: [...turn.content] });
}

/** Anthropic wants the results of tool calls before anything else in their turn. */
function resultsFirst(content: JsonObject[]): void {
  const isResult = ({ type }: JsonObject) => type === 'tool_result';
  const sorted = [...content.filter(isResult), ...content.filter((block) => !isResult(block))];
  for (const [index, block] of sorted.entries()) content[index] = block;
}
