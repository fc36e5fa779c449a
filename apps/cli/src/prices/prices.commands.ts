import type { PriceReport } from '@claude-proxy/admin-api';
import type { CommandSpec } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { textOption } from '../core/options.js';
import { noticeText } from '../status/status.command.js';
import { facts, line, table } from '../text/blocks.js';
import { relativeTime } from '../text/numbers.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Anthropic has changed its prices about every three months. */
const OLD_DAYS = 120;

export const pricesCommands: readonly CommandSpec[] = [
  {
    name: 'prices show',
    summary: 'the price list in force, in US dollars per million tokens',
    options: [
      {
        flags: '--upstream <name>',
        text: 'anthropic, bedrock-global, bedrock-regional or one of your own (default: all)',
      },
    ],
    async run(context, input) {
      const report = await (await context.client()).prices();
      const wanted = textOption(input, 'upstream');
      const prices = report.prices.filter(({ upstream }) => wanted === undefined || upstream === wanted);
      const rows = prices.map((row) => [
        row.upstream,
        row.model,
        row.input,
        row.output,
        row.cache_write_5m,
        row.cache_write_1h,
        row.cache_read,
        row.above_input_tokens === null ? '-' : `over ${row.above_input_tokens}`,
      ]);
      return {
        json: { ...report, prices },
        text: [
          table(['?UPSTREAM', '!MODEL', '>INPUT', '>OUTPUT', '>WRITE 5M', '>WRITE 1H', '>READ', '>INPUT TOKENS'], rows),
        ],
      };
    },
  },
  {
    name: 'prices check',
    summary: 'models in use without a price, models that are retired soon, and the age of the list (exit code 6)',
    async run(context) {
      const client = await context.client();
      const [report, { notices }] = await Promise.all([client.prices(), client.analytics('30d')]);
      const nowMs = context.world.now();
      const attention = [...notices.map(noticeText), ...ageOf(report, nowMs)];
      return {
        json: { date: report.date, notices, attention },
        text: [
          facts(
            ['Price list', `${report.date} (${relativeTime(Date.parse(report.date), nowMs)})`],
            ['Sources', report.sources.join(' ')],
          ),
          ...attention.map((text) => line(`! ${text}`, 'warn')),
          ...(attention.length === 0 ? [line('Every model of the last 30 days has a price.', 'good')] : []),
        ],
        exit: attention.length > 0 ? EXIT.degraded : EXIT.fine,
      };
    },
  },
];

function ageOf({ date }: PriceReport, nowMs: number): string[] {
  const days = Math.floor((nowMs - Date.parse(date)) / DAY_MS);
  return days > OLD_DAYS ? [`The price list is ${days} days old: update the gateway, or set PRICE_LIST_FILE`] : [];
}
