import { readSecret } from '../core/ask.js';
import type { CommandSpec, Context, Input, OptionSpec } from '../core/command.js';
import { choiceOption, textOption } from '../core/options.js';
import { raw } from '../text/blocks.js';
import { type ClientVariables, clientVariables } from './client-environment.js';
import { exportsFor, SHELLS, shellOf } from './shell-exports.js';

export const CLIENT_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--user <name>',
    text: 'the user in the address (default: none; a client key names its user itself)',
    values: 'users',
  },
  { flags: '--pool', text: 'the client has no credential of Anthropic: use those of the gateway' },
  { flags: '--from-env <name>', text: 'the variable with a client key' },
  { flags: '--from-file <path>', text: 'the file with a client key' },
];

export const env: CommandSpec = {
  name: 'env',
  summary: 'print the variables of a client: eval "$(ccp env)"',
  options: [...CLIENT_OPTIONS, { flags: '--shell <name>', text: SHELLS.join(', '), values: SHELLS }],
  async run(context, input) {
    const variables = await variablesOf(context, input);
    const shell = choiceOption(input, 'shell', SHELLS) ?? shellOf(context.world.env);
    return { json: { variables }, text: [raw(exportsFor(shell, variables))] };
  },
};

export async function variablesOf(context: Context, input: Input): Promise<ClientVariables> {
  const { url } = await context.gateway();
  const hasKey = textOption(input, 'fromEnv') !== undefined || textOption(input, 'fromFile') !== undefined;
  const clientKey = hasKey ? await readSecret(context, input, 'client key') : undefined;
  return clientVariables({ url, user: textOption(input, 'user'), clientKey, usesPool: input.options.pool === true });
}
