import { AdminClient } from '@claude-proxy/admin-client';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec, Completion, Context } from '../core/command.js';
import { readProfiles } from '../gateway/profiles.js';
import { raw } from '../text/blocks.js';
import { matching, proposalFor } from './completed-words.js';
import { COMPLETION_SHELLS, completionScript } from './completion-scripts.js';

/** A shell waits for the answer at each Tab. */
const TIMEOUT_MS = 150;

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
  passesThrough: true,
  isHidden: true,
  async run(context, { args }) {
    const { words, names } = proposalFor(commands(), args);
    const live = names === undefined ? [] : await namesOf(names, context).catch(() => []);
    const found = matching([...words, ...live], args.at(-1) ?? '');
    return { json: { words: found }, text: found.length > 0 ? [raw(found.join('\n'))] : [] };
  },
});

async function namesOf(names: Completion, context: Context): Promise<readonly string[]> {
  if (names === 'profiles') return Object.keys(readProfiles(context.world).profiles);
  const { url, token } = await context.gateway();
  const client = new AdminClient({
    baseUrl: url,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(token !== undefined && { token }),
  });
  return LISTS[names](client);
}

const LISTS: Readonly<Record<Exclude<Completion, 'profiles'>, (client: AdminClient) => Promise<readonly string[]>>> = {
  accounts: async (client) => (await client.accounts()).accounts.map(({ name }) => name),
  keys: async (client) => (await client.keys()).keys.map(({ id }) => id),
  users: async (client) => Object.keys((await client.usage({ days: 30 })).users),
  models: async (client) => Object.keys((await client.analytics('30d')).by_model),
};
