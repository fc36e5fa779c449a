import { confirm } from '../core/ask.js';
import type { CommandSpec } from '../core/command.js';
import { line, table } from '../text/blocks.js';
import { numbered, relativeTime } from '../text/numbers.js';

export const limitsCommands: readonly CommandSpec[] = [
  {
    name: 'limits list',
    summary: 'rate limits in force, longest first',
    async run(context) {
      const found = await (await context.client()).limits();
      const rows = found.limits.map(({ user, scope, reason, until, seconds_left, is_drill }) => [
        user,
        scope,
        is_drill ? `${reason} (drill)` : reason,
        seconds_left === null ? 'until it is paid' : relativeTime(until, context.world.now()),
      ]);
      const text =
        rows.length === 0 ? line('No rate limit is in force.') : table(['USER', 'SCOPE', 'REASON', 'ENDS'], rows);
      return { json: found, text: [text] };
    },
  },
  {
    name: 'limits clear',
    summary: 'forget the rate limits of a user: the next request asks Anthropic again',
    arguments: [{ name: '<user>', text: 'as `ccp limits list` shows it', values: 'users' }],
    options: [
      { flags: '--yes', text: 'do not ask' },
      { flags: '--dry-run', text: 'only say what would happen' },
    ],
    async run(context, input) {
      const user = input.args[0]!;
      const client = await context.client();
      const count = (await client.limits()).limits.filter((limit) => limit.user === user).length;
      const effect = `${numbered(count, 'rate limit')} of ${user}`;
      if (count === 0)
        return done({ user, cleared: 0 }, `No rate limit of ${user} is in force. \`ccp limits\` lists them.`);
      if (input.options.dryRun === true)
        return done({ user, cleared: 0, would_clear: count }, `Would clear ${effect}.`);
      if (!(await confirm(context, input, `Clear ${effect}?`)))
        return done({ user, cleared: 0 }, 'Nothing was changed.');
      await client.clearLimit(user);
      return done({ user, cleared: count }, `Cleared ${effect}: the next request of ${user} asks Anthropic again.`);
    },
  },
];

function done(json: unknown, text: string) {
  return { json, text: [line(text)] };
}
