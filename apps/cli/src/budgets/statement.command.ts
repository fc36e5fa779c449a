import type { StatementLine } from '@claude-proxy/admin-api';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec } from '../core/command.js';
import { textOption } from '../core/options.js';
import { line, raw, table } from '../text/blocks.js';
import { countText, moneyText } from '../text/numbers.js';

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export const budgetsStatement: CommandSpec = {
  name: 'budgets statement',
  summary: 'what each user, team and key has spent in a month',
  details: 'A request counts for its user, its teams and its key: the lines of different kinds do not add up.',
  options: [
    { flags: '--month <YYYY-MM>', text: 'in the time zone of budgets (default: this month)' },
    { flags: '--csv', text: 'for a spreadsheet: six decimals, and no name that begins a formula' },
  ],
  async run(context, input) {
    const month = textOption(input, 'month');
    if (month !== undefined && !MONTH.test(month))
      throw usageError(`--month is "${month}", which is not a month`, 'An example: --month 2026-11');
    if (input.options.csv === true && context.json)
      throw usageError('--csv and --json exclude each other', 'Give one of them.');
    const client = await context.client();
    if (input.options.csv === true) return { json: null, text: [raw(await client.statementCsv(month))] };
    const statement = await client.statement(month);
    const rows = statement.lines.toSorted(byKindThenCost).map(({ scope, usd, assumed_usd, tokens, requests }) => [
      scope,
      countText(requests),
      countText(tokens),
      moneyText(usd),
      // The part of the cost whose model has no price.
      assumed_usd === 0 ? '-' : { text: moneyText(assumed_usd), tone: 'warn' as const },
    ]);
    const titles = ['SCOPE', '>REQUESTS', '>TOKENS', '>COST', '>ASSUMED'];
    return {
      json: statement,
      text: [rows.length === 0 ? line(emptyText(statement.month)) : table(titles, rows)],
    };
  },
};

function emptyText(month: string): string {
  return `The statement of ${month} is empty: it counts requests of client keys and teams, and all requests while a budget is set. \`ccp users list\` has the cost of every user.`;
}

function byKindThenCost(left: StatementLine, right: StatementLine): number {
  return kindOf(left).localeCompare(kindOf(right)) || right.usd - left.usd;
}

function kindOf({ scope }: StatementLine): string {
  return scope.split(':', 1)[0]!;
}
