import type { CommandSpec, Completion } from '../core/command.js';

export interface Proposal {
  readonly words: readonly string[];
  /** Names that the gateway has, beside the words. */
  readonly names?: Completion;
}

/** What can follow: the last of `given` is the word that is being typed. */
export function proposalFor(specs: readonly CommandSpec[], given: readonly string[]): Proposal {
  const typed = given.at(-1) ?? '';
  const before = given.slice(0, -1);
  const spec = specFor(specs, before);
  if (!spec) return { words: nextWords(specs, before) };
  const option = optionBefore(spec, before.at(-1));
  if (option) return proposalOf(option.values);
  if (typed.startsWith('-')) return { words: flagsOf(spec) };
  const count = before.filter((word) => !word.startsWith('-')).length - spec.name.split(' ').length;
  return proposalOf(spec.arguments?.[count]?.values);
}

export function matching(words: readonly string[], typed: string): string[] {
  return [...new Set(words)].filter((word) => word.startsWith(typed) && !word.includes('\n'));
}

function proposalOf(values: Completion | readonly string[] | undefined): Proposal {
  return typeof values === 'string' ? { words: [], names: values } : { words: values ?? [] };
}

/** The command whose words begin the line, where no longer one fits. */
function specFor(specs: readonly CommandSpec[], before: readonly string[]): CommandSpec | undefined {
  const line = `${before.join(' ')} `;
  return specs
    .filter(({ name }) => line.startsWith(`${name} `))
    .sort((left, right) => right.name.length - left.name.length)[0];
}

function nextWords(specs: readonly CommandSpec[], before: readonly string[]): string[] {
  const prefix = before.map((word) => `${word} `).join('');
  return specs
    .filter(({ name, isHidden }) => name.startsWith(prefix) && !isHidden)
    .map(({ name }) => name.slice(prefix.length).split(' ')[0]!);
}

function optionBefore({ options = [] }: CommandSpec, word: string | undefined) {
  if (word === undefined || !word.startsWith('-')) return undefined;
  return options.find(({ flags }) => flags.includes('<') && flags.split(/[ ,]+/).includes(word));
}

function flagsOf({ options = [] }: CommandSpec): string[] {
  return [...options.map(({ flags }) => /--[\w-]+/.exec(flags)![0]), '--json', '--help'];
}
