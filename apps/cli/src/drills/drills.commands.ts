import { usageError } from '../core/cli-error.js';
import type { CommandSpec } from '../core/command.js';
import { numberOption, secondsOf, textOption } from '../core/options.js';
import { line, table } from '../text/blocks.js';
import { relativeTime, shareText } from '../text/numbers.js';

const MAX_SECONDS = 3_600;

export const drillsCommands: readonly CommandSpec[] = [
  {
    name: 'drills list',
    summary: 'drills in force: simulated rate limits of the first upstream',
    async run(context) {
      const found = await (await context.client()).drills();
      const rows = found.drills.map((drill) => [
        drill.id,
        drill.user ?? 'all users',
        shareText(drill.share),
        relativeTime(drill.until, context.world.now()),
        drill.struck,
      ]);
      return {
        json: found,
        text: [
          ...(found.is_forced
            ? [line('FORCE_RATE_LIMIT is on: a drill hits all users until a restart without it.', 'warn')]
            : []),
          rows.length === 0 ? line('No drill is in force.') : table(['ID', 'USER', '>SHARE', 'ENDS', '>HIT'], rows),
        ],
      };
    },
  },
  {
    name: 'drills start',
    summary: 'simulate a rate limit, to see the fallback work',
    options: [
      { flags: '--user <name>', text: 'hit this user only (default: all users)', values: 'users' },
      { flags: '--for <duration>', text: 'how long, up to 1h (default 5m)' },
      { flags: '--share <part>', text: 'share of the requests that it hits, over 0 and up to 1 (default 1)' },
    ],
    async run(context, input) {
      const seconds = secondsOf(textOption(input, 'for') ?? '5m', '--for');
      if (seconds < 1 || seconds > MAX_SECONDS) throw usageError('--for must be from 1s to 1h');
      const share = numberOption(input, 'share', [0.001, 1]) ?? 1;
      const user = textOption(input, 'user') ?? null;
      const drill = await (await context.client()).startDrill({ user, seconds, share });
      const text = `Drill ${drill.id}: ${shareText(share)} of the requests of ${user ?? 'all users'} get a simulated 429; ends ${relativeTime(drill.until, context.world.now())}. Stop it with: ccp drills stop ${drill.id}`;
      return { json: drill, text: [line(text)] };
    },
  },
  {
    name: 'drills stop',
    summary: 'end a drill now',
    arguments: [{ name: '<id>', text: 'as `ccp drills list` shows it' }],
    async run(context, input) {
      const id = input.args[0]!;
      await (await context.client()).stopDrill(id);
      return { json: { id, stopped: true }, text: [line(`Drill ${id} has ended.`)] };
    },
  },
];
