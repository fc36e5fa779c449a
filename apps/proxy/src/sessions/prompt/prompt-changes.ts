import type { MessageList, Prompt, SystemList, ToolList } from './prompt.js';

/** How the prefix of a prompt differs from an earlier one. Positions count from 1. */
export type PromptChange =
  | {
      readonly part: 'tools';
      readonly before: number;
      readonly after: number;
      readonly added: number;
      readonly removed: number;
      readonly changed: number;
      /** Of the first tool that is new, changed, or at another place. After the last one if the end was removed. */
      readonly position: number;
    }
  | { readonly part: 'system'; readonly before: number; readonly after: number; readonly position: number }
  | { readonly part: 'settings'; readonly names: readonly string[] }
  | {
      readonly part: 'messages';
      readonly before: number;
      readonly after: number;
      readonly position: number;
      /** Messages of the assistant after the change are sent again: they have to be written anew. */
      readonly isRestKept: boolean;
    }
  /** Tools that are loaded later. They are not in the prefix, so this is only a suspicion. */
  | { readonly part: 'deferred_tools' }
  /** The block in which Claude Code names its version, which Anthropic does not cache. Only a suspicion. */
  | { readonly part: 'client_block' };

/** In the order of the prompt. A prompt that only continues the earlier one has no changes. */
export function changesBetween(before: Prompt, after: Prompt): PromptChange[] {
  return [
    ...toolChanges(before.tools, after.tools),
    ...systemChanges(before.system, after.system),
    ...settingChanges(before.settings, after.settings),
    ...messageChanges(before.messages, after.messages),
    ...suspicions(before, after),
  ];
}

/** Number of messages at the beginning with the same content. */
export function commonMessages({ hashes, count }: MessageList, after: MessageList): number {
  const shorter = Math.min(count, after.count);
  let common = 0;
  while (common < shorter && hashes[common] === after.hashes[common]) common += 1;
  return common;
}

/**
 * The conversation has answers of requests that this process has not seen: they went to another task, or past the gateway.
 * Each answer of the assistant belongs to a request of its own.
 */
export function hasUnseenAnswers(before: Prompt | undefined, after: Prompt): boolean {
  return answersIn(after) > (before ? answersIn(before) + 1 : 0);
}

function answersIn({ messages }: Prompt): number {
  let count = 0;
  for (const isAssistant of messages.assistants) count += isAssistant;
  return count;
}

function toolChanges(before: ToolList, after: ToolList): PromptChange[] {
  const first = firstDifference(before.hashes, after.hashes);
  if (first === undefined) return [];
  const beforeByName = countsOf(before.names);
  const afterByName = countsOf(after.names);
  const known = countsOf(before.hashes);
  const same = after.hashes.filter((hash) => take(known, hash)).length;
  const added = surplus(afterByName, beforeByName);
  const removed = surplus(beforeByName, afterByName);
  const changed = after.hashes.length - added - same;
  const counts = { before: before.hashes.length, after: after.hashes.length, added, removed };
  return [{ part: 'tools', ...counts, changed: Math.max(0, changed), position: first + 1 }];
}

function systemChanges(before: SystemList, after: SystemList): PromptChange[] {
  const [earlier, later] = [before, after].map(({ hashes, clientBlock }) =>
    hashes.toSpliced(clientBlock, clientBlock < 0 ? 0 : 1),
  );
  const first = firstDifference(earlier!, later!);
  if (first === undefined) return [];
  const shift = after.clientBlock >= 0 && after.clientBlock <= first ? 2 : 1;
  return [{ part: 'system', before: before.hashes.length, after: after.hashes.length, position: first + shift }];
}

function settingChanges(before: Prompt['settings'], after: Prompt['settings']): PromptChange[] {
  const all = new Set([...Object.keys(before), ...Object.keys(after)]);
  const names = [...all].filter((name) => before[name] !== after[name]);
  return names.length > 0 ? [{ part: 'settings', names }] : [];
}

function messageChanges(before: MessageList, after: MessageList): PromptChange[] {
  const common = commonMessages(before, after);
  if (common === before.count) return [];
  const later = new Set<number>();
  for (let index = common; index < before.count; index += 1) {
    if (before.assistants[index]) later.add(before.hashes[index]!);
  }
  const isRestKept = later.size > 0 && after.hashes.subarray(common).some((hash) => later.has(hash));
  return [{ part: 'messages', before: before.count, after: after.count, position: common + 1, isRestKept }];
}

function suspicions(before: Prompt, after: Prompt): PromptChange[] {
  const changes: PromptChange[] = [];
  if (before.tools.deferred !== after.tools.deferred) changes.push({ part: 'deferred_tools' });
  if (clientBlockOf(before.system) !== clientBlockOf(after.system)) changes.push({ part: 'client_block' });
  return changes;
}

function clientBlockOf({ hashes, clientBlock }: SystemList): number | undefined {
  return hashes[clientBlock];
}

function firstDifference(before: readonly number[], after: readonly number[]): number | undefined {
  const longer = Math.max(before.length, after.length);
  for (let index = 0; index < longer; index += 1) if (before[index] !== after[index]) return index;
  return undefined;
}

function countsOf(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function take(counts: Map<number, number>, value: number): boolean {
  const left = counts.get(value) ?? 0;
  if (left > 0) counts.set(value, left - 1);
  return left > 0;
}

function surplus(these: ReadonlyMap<number, number>, others: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [value, count] of these) sum += Math.max(0, count - (others.get(value) ?? 0));
  return sum;
}
