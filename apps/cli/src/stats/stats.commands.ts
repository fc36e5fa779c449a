import { ANALYTICS_RANGES, type Analytics, type AnalyticsRange, type Figures } from '@claude-proxy/admin-api';
import type { CommandSpec, Context, Input, OptionSpec } from '../core/command.js';
import { choiceOption } from '../core/options.js';
import { type Block, table } from '../text/blocks.js';
import { countText, durationText, moneyText, shareText } from '../text/numbers.js';
import { type PeriodRow, sumByPeriod } from './periods.js';

const RANGE: OptionSpec = { flags: '--range <span>', text: '1h, 24h, 7d or 30d', values: ANALYTICS_RANGES };

interface Stats {
  readonly range: AnalyticsRange;
  readonly since: number;
  readonly until: number;
  readonly rows: readonly (Partial<Figures> & { readonly name: string })[];
}

export const statsCommands: readonly CommandSpec[] = [
  byPeriod('daily', 'figures per day (UTC)', '30d', 'day'),
  byPeriod('hourly', 'figures per hour', '24h', 'hour'),
  byName('models', 'figures per model', (figures) => figures.by_model),
  byName('upstreams', 'figures per upstream', (figures) => figures.by_upstream),
  byName('users', 'figures per user', (figures) => figures.by_user ?? {}, true),
];

function byPeriod(verb: string, summary: string, standard: AnalyticsRange, period: 'day' | 'hour'): CommandSpec {
  return {
    name: `stats ${verb}`,
    summary,
    options: [RANGE],
    async run(context, input) {
      const figures = await analyticsOf(context, input, standard, false);
      const rows = sumByPeriod(figures.buckets, period);
      return answerOf(figures, rows, periodText(rows, period));
    },
  };
}

function byName(
  verb: string,
  summary: string,
  select: (figures: Analytics) => Readonly<Record<string, Figures>>,
  hasUsers = false,
): CommandSpec {
  return {
    name: `stats ${verb}`,
    summary,
    options: [RANGE],
    async run(context, input) {
      const figures = await analyticsOf(context, input, '24h', hasUsers);
      const rows = Object.entries(select(figures))
        .map(([name, each]) => ({ name, ...each }))
        .sort((left, right) => (right.cost_usd ?? 0) - (left.cost_usd ?? 0) || right.requests - left.requests);
      return answerOf(figures, rows, figuresText(verb, rows));
    },
  };
}

async function analyticsOf(
  context: Context,
  input: Input,
  standard: AnalyticsRange,
  byUser: boolean,
): Promise<Analytics> {
  const range = choiceOption(input, 'range', ANALYTICS_RANGES) ?? standard;
  return (await context.client()).analytics(range, { byUser });
}

function answerOf({ range, since, until }: Analytics, rows: Stats['rows'], text: Block) {
  // The commands ask for ranges only.
  return { json: { range: range as AnalyticsRange, since, until, rows } satisfies Stats, text: [text] };
}

function figuresText(verb: string, rows: readonly (Figures & { readonly name: string })[]): Block {
  return table(
    [
      `!${verb.toUpperCase().replace(/S$/, '')}`,
      '>REQUESTS',
      '>ERRORS',
      '>FALLBACKS',
      '?>INPUT',
      '?>OUTPUT',
      '>CACHED',
      '>COST',
      '?>FIRST BYTE',
      '?>DURATION',
    ],
    rows.map((row) => [
      row.name,
      countText(row.requests),
      { text: countText(row.errors), ...(row.errors > 0 && { tone: 'warn' as const }) },
      countText(row.fallbacks),
      countText(row.input_tokens + row.cache_creation_input_tokens + row.cache_read_input_tokens),
      countText(row.output_tokens),
      shareText(row.cache_hit_share),
      moneyText(row.cost_usd),
      row.first_byte_ms ? durationText(row.first_byte_ms.p50) : '-',
      row.duration_ms ? durationText(row.duration_ms.p50) : '-',
    ]),
  );
}

function periodText(rows: readonly PeriodRow[], period: string): Block {
  return table(
    [period.toUpperCase(), '>REQUESTS', '>ERRORS', '>FALLBACKS', '>INPUT', '>OUTPUT', '>CACHED', '>COST'],
    rows.map((row) => [
      row.name,
      countText(row.requests),
      countText(row.errors),
      countText(row.fallbacks),
      countText(row.input_tokens + row.cache_creation_input_tokens + row.cache_read_input_tokens),
      countText(row.output_tokens),
      shareText(row.cache_hit_share),
      moneyText(row.cost_usd),
    ]),
  );
}
