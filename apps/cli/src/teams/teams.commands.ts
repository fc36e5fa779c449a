import type { Team } from '@claude-proxy/admin-api';
import type { AdminClient } from '@claude-proxy/admin-client';
import { confirm } from '../core/ask.js';
import { CliError, usageError } from '../core/cli-error.js';
import type { CommandSpec } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { listOption } from '../core/options.js';
import { line, table } from '../text/blocks.js';
import { numbered } from '../text/numbers.js';

const TEAM = { name: '<team>', text: 'name of the team' } as const;

export const teamsCommands: readonly CommandSpec[] = [
  {
    name: 'teams list',
    summary: 'teams and their users',
    async run(context) {
      const found = await (await context.client()).teams();
      const rows = found.teams.map(({ name, users }) => [name, users.length, users.join(', ')]);
      const text =
        rows.length === 0
          ? line('No team exists. Create one with: ccp teams set NAME --users alice,bob')
          : table(['TEAM', '>USERS', 'NAMES'], rows);
      return { json: found, text: [text] };
    },
  },
  {
    name: 'teams set',
    summary: 'create a team, or change its users: all of them, or some more or fewer',
    arguments: [TEAM],
    options: [
      { flags: '--users <names>', text: 'all its users, separated by commas', values: 'users' },
      { flags: '--add <names>', text: 'users to add', values: 'users' },
      { flags: '--remove <names>', text: 'users to remove', values: 'users' },
    ],
    async run(context, input) {
      const [users, add = [], remove = []] = ['users', 'add', 'remove'].map((name) => listOption(input, name));
      if (!users && add.length === 0 && remove.length === 0)
        throw usageError('No user is given', 'An example: ccp teams set core --users alice,bob');
      const name = input.args[0]!;
      const client = await context.client();
      const before = users ?? (await teamNamed(client, name))?.users ?? [];
      const wanted = [...new Set([...before, ...add])].filter((user) => !remove.includes(user));
      const team = await client.setTeam({ name, users: wanted });
      return {
        json: team,
        text: [line(`${team.name} has ${numbered(team.users.length, 'user')}: ${team.users.join(', ') || '-'}.`)],
      };
    },
  },
  {
    name: 'teams remove',
    summary: 'remove a team; its users and their keys stay',
    arguments: [TEAM],
    options: [{ flags: '--yes', text: 'do not ask' }],
    async run(context, input) {
      const name = input.args[0]!;
      const client = await context.client();
      const team = await teamNamed(client, name);
      if (!team) throw new CliError(EXIT.notFound, `No team is called "${name}"`, '`ccp teams` lists them.');
      const done = (removed: boolean, text: string) => ({ json: { name, removed }, text: [line(text)] });
      const question = `Remove the team ${name} of ${numbered(team.users.length, 'user')}? Its budget does not hold for them any more.`;
      if (!(await confirm(context, input, question))) return done(false, 'Nothing was changed.');
      await client.removeTeam(name);
      return done(true, `Removed the team ${name}.`);
    },
  },
];

async function teamNamed(client: AdminClient, wanted: string): Promise<Team | undefined> {
  const { teams } = await client.teams();
  return teams.find(({ name }) => name === wanted);
}
