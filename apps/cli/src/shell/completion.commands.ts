import { usageError } from '../core/cli-error.js';
import type { CommandSpec } from '../core/command.js';
import { choiceOption } from '../core/options.js';
import { raw } from '../text/blocks.js';
import { matching, proposalFor } from './completed-words.js';
import { COMPLETION_SHELLS, completionScript } from './completion-scripts.js';
import { LISTS, liveNames, refreshNames } from './live-names.js';

const NAMES = Object.keys(LISTS) as (keyof typeof LISTS)[];

export const completion: CommandSpec = {
  name: 'completion',
  summary: 'print the completion of a shell: source <(ccp completion bash)',
  arguments: [{ name: '<shell>', text: COMPLETION_SHELLS.join(', '), values: COMPLETION_SHELLS }],
  async run(_context, { args }) {
    const shell = COMPLETION_SHELLS.find((each) => each === args[0]);
    if (!shell) throw usageError(`"${args[0]}" is not a shell: ${COMPLETION_SHELLS.join(', ')} are allowed`);
    const script = completionScript(shell);
    return { json: { shell, script }, text: [raw(script)] };
  },
};

/** Silent if the gateway is away: what a person types must not be disturbed. */
export const completionWords = (commands: () => readonly CommandSpec[]): CommandSpec => ({
  name: 'complete',
  summary: 'words that can follow; the completion of the shells asks this',
  arguments: [{ name: '[words...]', text: 'the words of the line; the last one is being typed' }],
  options: [{ flags: '--refresh <names>', text: 'only ask the gateway for these names' }],
  passesThrough: true,
  isHidden: true,
  async run(context, input) {
    const { args } = input;
    const refreshed = choiceOption(input, 'refresh', NAMES);
    if (refreshed !== undefined) {
      await refreshNames(refreshed, context).catch(() => undefined);
      return undefined;
    }
    const { words, names } = proposalFor(commands(), args);
    const live = names === undefined ? [] : await liveNames(names, context).catch(() => []);
    const found = matching([...words, ...live], args.at(-1) ?? '');
    return { json: { words: found }, text: found.length > 0 ? [raw(found.join('\n'))] : [] };
  },
});
