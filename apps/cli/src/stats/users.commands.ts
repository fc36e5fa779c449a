import type { CommandSpec, Input, OptionSpec } from '../core/command.js';
import { wholeOption } from '../core/options.js';
import { facts, line, table } from '../text/blocks.js';
import { countText, moneyText, numbered } from '../text/numbers.js';

const DAYS: OptionSpec = { flags: '--days <n>', text: 'days up to today, 1 to 90 (default 7)' };
const daysOf = (input: Input) => wholeOption(input, 'days', [1, 90]) ?? 7;

const noneText = (user: string, days: number) =>
  `${user} has no request in the last ${numbered(days, 'day')}. \`ccp users\` lists who has; --days looks further back.`;

export const usersList: CommandSpec = {
  name: 'users list',
  summary: 'usage and cost per user',
  options: [DAYS],
  async run(context, input) {
    const usage = await (await context.client()).usage({ days: daysOf(input) });
    const rows = Object.entries(usage.users).sort(
      ([, left], [, right]) => (right.cost_usd ?? 0) - (left.cost_usd ?? 0),
    );
    return {
      json: usage,
      text: [
        table(
          ['USER', '>REQUESTS', '>INPUT', '>OUTPUT', '>CACHE READ', '>COST'],
          rows.map(([user, counts]) => [
            user,
            countText(counts.requests),
            countText(counts.input_tokens),
            countText(counts.output_tokens),
            countText(counts.cache_read_input_tokens),
            moneyText(counts.cost_usd),
          ]),
        ),
      ],
    };
  },
};

export const usersShow: CommandSpec = {
  name: 'users show',
  summary: 'usage and cost of one user, per day and model',
  arguments: [{ name: '<user>', text: 'name of the user', values: 'users' }],
  options: [DAYS],
  async run(context, input) {
    const usage = await (await context.client()).usageOf(input.args[0]!, { days: daysOf(input) });
    const rowsOf = (of: typeof usage.by_model) =>
      Object.entries(of).map(([name, counts]) => [
        name,
        countText(counts.requests),
        countText(counts.input_tokens),
        countText(counts.output_tokens),
        moneyText(counts.cost_usd),
      ]);
    const titles = ['>REQUESTS', '>INPUT', '>OUTPUT', '>COST'];
    if (usage.summary.total_requests === 0)
      return { json: usage, text: [line(noneText(usage.user_id, daysOf(input)))] };
    return {
      json: usage,
      text: [
        facts(
          ['User', usage.user_id],
          ['Requests', countText(usage.summary.total_requests)],
          ['Tokens', countText(usage.summary.total_tokens)],
          ['Cost', moneyText(usage.summary.total_cost_usd)],
        ),
        table(['DAY', ...titles], rowsOf(usage.daily_stats)),
        table(['MODEL', ...titles], rowsOf(usage.by_model)),
      ],
    };
  },
};
