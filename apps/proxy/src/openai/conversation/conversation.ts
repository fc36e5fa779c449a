import type { JsonObject } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import { pairedCalls } from './paired-calls.js';
import { isThinking } from './thinking-blocks.js';
import { type Turn, textBlock, withoutBlanks } from './turn.js';

/** Anthropic's two places for what was said. */
export interface SystemAndMessages {
  readonly system: JsonObject[];
  readonly messages: readonly Turn[];
}

export interface ModelOfConversation {
  readonly takesSystemTurns: boolean;
  /** The answer may go on where the last turn ends. */
  readonly takesPrefill: boolean;
}

/** What Claude is asked where a conversation begins or ends with its own turn. */
const BEGINNING = 'The conversation begins.';
const CONTINUATION = 'Continue.';

/**
 * Collects what was said in OpenAI's order and gives it in Anthropic's: roles in turn, each call followed by its result,
 * no blank text.
 */
export class Conversation {
  private readonly leading: JsonObject[] = [];
  private readonly turns: Turn[] = [];

  constructor(
    private readonly model: ModelOfConversation,
    private readonly leftOut: LeftOut,
  ) {}

  get hasCalls(): boolean {
    return this.turns.some(({ content }) => content.some(({ type }) => type === 'tool_use'));
  }

  get hasThinking(): boolean {
    return this.turns.some(({ content }) => content.some(isThinking));
  }

  get hasResults(): boolean {
    return this.turns.some(({ content }) => content.some(({ type }) => type === 'tool_result'));
  }

  /** A model with a budget for thinking refuses a call without the thinking before it. */
  get lacksThinking(): boolean {
    let isAfterThinking = false;
    for (const { role, content } of this.turns) {
      if (role !== 'assistant') isAfterThinking = false;
      for (const block of content) {
        if (isThinking(block)) isAfterThinking = true;
        if (block.type === 'tool_use' && !isAfterThinking) return true;
      }
    }
    return false;
  }

  system(blocks: readonly JsonObject[]): void {
    const content = withoutBlanks(blocks);
    if (content.length === 0) return;
    if (this.turns.length === 0) this.leading.push(...content);
    else this.turns.push({ role: 'system', content });
  }

  say(role: 'user' | 'assistant', blocks: readonly JsonObject[]): void {
    const content = withoutBlanks(blocks);
    if (content.length > 0) this.turns.push({ role, content });
  }

  /** `system` may be given a last line, such as an instruction about the form of the answer. */
  toMessages(lastSystemLine?: string): SystemAndMessages {
    const turns = pairedCalls(withoutLoneThinking(this.turns), this.leftOut);
    const messages: Turn[] = [];
    const next = nextSpeakers(turns);
    for (const [index, turn] of turns.entries()) append(messages, this.placed(turn, messages.at(-1), next[index]));
    const system = joinedTexts([...this.leading, ...(lastSystemLine ? [textBlock(lastSystemLine)] : [])]);
    const said = messages.map(readable);
    // Tools that put everything into the system message still want an answer.
    if (said.length === 0 && system.length > 0) return { system: [], messages: [{ role: 'user', content: system }] };
    return { system, messages: this.betweenUsers(said) };
  }

  /** The first turn is the user's, and so is the last: most models refuse to go on in a turn of their own. */
  private betweenUsers(messages: readonly Turn[]): readonly Turn[] {
    const [first] = messages;
    const last = messages.at(-1);
    if (!first || !last) return messages;
    const before: Turn[] = first.role === 'user' ? [] : [{ role: 'user', content: [textBlock(BEGINNING)] }];
    if (last.role !== 'assistant') return [...before, ...messages];
    if (!this.model.takesPrefill) {
      return [...before, ...messages, { role: 'user', content: [textBlock(CONTINUATION)] }];
    }
    return [...before, ...messages.slice(0, -1), { ...last, content: last.content.map(withoutBlankEnd) }];
  }

  /** A later system message stays where it is if the model and the neighbors allow; hoisting it would spoil caches. */
  private placed(turn: Turn, previous: Turn | undefined, next: Turn['role'] | undefined): Turn {
    if (turn.role !== 'system') return turn;
    const isBetween = previous !== undefined && previous.role !== 'assistant' && next !== 'user';
    if (this.model.takesSystemTurns && isBetween) return turn;
    const content = turn.content.map((block) => ({
      ...block,
      text: `<system-reminder>\n${String(block.text)}\n</system-reminder>`,
    }));
    return { role: 'user', content };
  }
}

/** Claude refuses a turn of thinking alone, which a client leaves where it has cut off what was behind it. */
function withoutLoneThinking(turns: readonly Turn[]): readonly Turn[] {
  const kept: Turn[] = [];
  let thinking: Turn[] = [];
  for (const turn of turns) {
    if (turn.role !== 'assistant') thinking = [];
    if (turn.role === 'assistant' && turn.content.every(isThinking)) {
      thinking.push(turn);
      continue;
    }
    kept.push(...thinking, turn);
    thinking = [];
  }
  return kept;
}

/** System texts are one text, as far as no breakpoint divides them: that is how OpenAI's clients write them. */
function joinedTexts(blocks: readonly JsonObject[]): JsonObject[] {
  const joined: JsonObject[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (last && !last.cache_control) joined[joined.length - 1] = { ...block, text: `${last.text}\n${block.text}` };
    else joined.push(block);
  }
  return joined;
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
function readable(turn: Turn): Turn {
  if (turn.role !== 'user') return turn;
  const isResult = ({ type }: JsonObject) => type === 'tool_result';
  return {
    role: 'user',
    content: [...turn.content.filter(isResult), ...turn.content.filter((block) => !isResult(block))],
  };
}

function withoutBlankEnd(block: JsonObject): JsonObject {
  return block.type === 'text' ? { ...block, text: String(block.text).trimEnd() } : block;
}
