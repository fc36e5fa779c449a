import type { FallbackState } from '@claude-proxy/admin-api';
import { confirm } from '../core/ask.js';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { textOption } from '../core/options.js';
import { facts } from '../text/blocks.js';
import { relativeTime } from '../text/numbers.js';

const MAX_REASON = 200;
const REASON = { flags: '--reason <text>', text: `why, for the audit list, at most ${MAX_REASON} characters` } as const;

export const fallbackCommands: readonly CommandSpec[] = [
  {
    name: 'fallback status',
    summary: 'whether fallback is on, and why not (exit code 6)',
    async run(context) {
      return answerOf(await (await context.client()).fallback(), context.world.now());
    },
  },
  {
    name: 'fallback off',
    summary: 'turn fallback off in all tasks: a limited request gets the 429 of Anthropic, and Bedrock costs nothing',
    options: [
      REASON,
      { flags: '--yes', text: 'do not ask' },
      { flags: '--dry-run', text: 'only say what would happen' },
    ],
    async run(context, input) {
      const reason = textOption(input, 'reason') ?? '';
      if (reason.length > MAX_REASON)
        throw usageError(`--reason has ${reason.length} characters: ${MAX_REASON} are allowed`);
      const client = await context.client();
      const before = await client.fallback();
      const effect =
        'all tasks stop asking the fallback upstreams within 10 s; limited requests get the 429 of Anthropic';
      if (input.options.dryRun === true) context.note(`Would turn fallback off: ${effect}.`);
      else if (!(await confirm(context, input, `Turn fallback off? Then ${effect}.`)))
        context.note('Nothing was changed.');
      else
        return {
          ...answerOf(await client.changeFallback({ is_on: false, reason }), context.world.now()),
          exit: EXIT.fine,
        };
      return { ...answerOf(before, context.world.now()), exit: EXIT.fine };
    },
  },
  {
    name: 'fallback on',
    summary: 'turn fallback on again in all tasks, within 10 s',
    options: [REASON],
    async run(context, input) {
      const reason = textOption(input, 'reason');
      const state = await (await context.client()).changeFallback({
        is_on: true,
        ...(reason !== undefined && { reason }),
      });
      return answerOf(state, context.world.now());
    },
  },
];

function answerOf(state: FallbackState, nowMs: number) {
  return {
    json: state,
    text: [
      facts(
        ['Fallback', { text: state.is_on ? 'on' : 'off', tone: state.is_on ? 'good' : 'warn' }],
        ...(state.off_since === null ? [] : [['Since', relativeTime(state.off_since, nowMs)] as const]),
        ...(state.reason ? [['Reason', state.reason] as const] : []),
        ...(state.is_configured
          ? []
          : [['Setting', 'BEDROCK_FALLBACK_ENABLED=false: the switch has no effect'] as const]),
      ),
    ],
    exit: state.is_on ? EXIT.fine : EXIT.degraded,
  };
}
