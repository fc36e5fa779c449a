import { hash } from 'node:crypto';
import type { JsonObject } from '../json-object.js';
import { textOf } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import type { Turn } from './turn.js';

const MAX_ID_CHARACTERS = 64;
const HASH_CHARACTERS = 12;
const NO_RESULT = 'The call was interrupted before it had a result.';
const LOST_CALL = 'The result of an earlier tool call:';

/** A call of the history, and its result as far as one was found. */
interface Call {
  readonly id: string;
  result?: JsonObject;
}

/**
 * The turns with each call followed by its one result, under ids that are unique in the conversation. Claude refuses
 * anything else, and histories of agents are cut, interrupted, and numbered anew in each turn.
 */
export function pairedCalls(turns: readonly Turn[], leftOut: LeftOut): Turn[] {
  if (!turns.some(({ content }) => content.some(isPartOfCall))) return [...turns];
  const calls = new CallsOfConversation(leftOut);
  const renamed = turns.map((turn) => ({ turn, content: calls.read(turn), answer: calls.answerCount }));
  const paired: Turn[] = [];
  for (const [index, { turn, content, answer }] of renamed.entries()) {
    if (content.length > 0) paired.push({ role: turn.role, content });
    const isAnswerOver = turn.role === 'assistant' && renamed[index + 1]?.turn.role !== 'assistant';
    const results = isAnswerOver ? calls.resultsOf(answer) : [];
    if (results.length > 0) paired.push({ role: 'user', content: results });
  }
  return paired;
}

function isPartOfCall({ type }: JsonObject): boolean {
  return type === 'tool_use' || type === 'tool_result';
}

/** Calls that were given the same id: those of the latest answer that has it, and older ones without a result. */
interface SameId {
  answer: number;
  open: Call[];
  settledCount: number;
  readonly older: Call[];
}

class CallsOfConversation {
  answerCount = 0;
  private wasAssistant = false;
  private readonly countsById = new Map<string, number>();
  private readonly byGivenId = new Map<string, SameId>();
  private readonly byAnswer = new Map<number, Call[]>();

  constructor(private readonly leftOut: LeftOut) {}

  /** The content without results: those are put in behind their calls. */
  read({ role, content }: Turn): JsonObject[] {
    if (role === 'assistant' && !this.wasAssistant) this.answerCount += 1;
    this.wasAssistant = role === 'assistant';
    return content.flatMap((block) => {
      if (block.type === 'tool_use') return [{ ...block, id: this.begin(textOf(block.id)) }];
      return block.type === 'tool_result' ? this.settle(block) : [block];
    });
  }

  resultsOf(answer: number): JsonObject[] {
    return (this.byAnswer.get(answer) ?? []).map(({ id, result }) => ({
      type: 'tool_result',
      tool_use_id: id,
      ...(result ? contentOf(result) : { content: [{ type: 'text', text: NO_RESULT }], is_error: true }),
    }));
  }

  private begin(given: string): string {
    const answer = this.answerCount;
    const call: Call = { id: this.uniqueId(given) };
    const ofAnswer = this.byAnswer.get(answer);
    if (ofAnswer) ofAnswer.push(call);
    else this.byAnswer.set(answer, [call]);
    const same = this.byGivenId.get(given);
    if (!same) this.byGivenId.set(given, { answer, open: [call], settledCount: 0, older: [] });
    else if (same.answer === answer) same.open.push(call);
    else {
      same.older.push(...same.open.slice(same.settledCount));
      Object.assign(same, { answer, open: [call], settledCount: 0 });
    }
    return call.id;
  }

  private settle(block: JsonObject): JsonObject[] {
    const same = this.byGivenId.get(textOf(block.tool_use_id));
    if (!same) return orphan(block);
    const call = same.open[same.settledCount];
    if (call) same.settledCount += 1;
    const settled = call ?? same.older.pop();
    if (settled) settled.result = block;
    else this.leftOut.add('a second result of a call');
    return [];
  }

  private uniqueId(given: string): string {
    const plain = idOf(given);
    const count = (this.countsById.get(plain) ?? 0) + 1;
    this.countsById.set(plain, count);
    if (count === 1) return plain;
    // A caller may have numbered its ids in the same way.
    return this.uniqueId(`${plain}_${count}`);
  }
}

/** Anthropic takes fewer characters than other vendors put into their ids. */
function idOf(given: string): string {
  const plain = given.replaceAll(/[^a-zA-Z0-9_-]/g, '_') || 'call';
  if (plain.length <= MAX_ID_CHARACTERS) return plain;
  const digits = hash('sha256', given).slice(0, HASH_CHARACTERS);
  return `${plain.slice(0, MAX_ID_CHARACTERS - HASH_CHARACTERS - 1)}_${digits}`;
}

function contentOf({ content, is_error, cache_control }: JsonObject): JsonObject {
  return {
    ...(Array.isArray(content) && content.length > 0 ? { content } : {}),
    ...(is_error === true ? { is_error } : {}),
    ...(cache_control ? { cache_control } : {}),
  };
}

/** A result whose call was cut off the history: what it says is still worth reading. */
function orphan({ content, cache_control }: JsonObject): JsonObject[] {
  if (!Array.isArray(content) || content.length === 0) return [];
  const blocks: JsonObject[] = [{ type: 'text', text: LOST_CALL }, ...(content as JsonObject[])];
  return cache_control ? [...blocks.slice(0, -1), { ...blocks.at(-1), cache_control }] : blocks;
}
