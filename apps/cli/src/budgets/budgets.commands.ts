import type { Budget, BudgetCaps, BudgetOrder } from '@claude-proxy/admin-api';
import { confirm } from '../core/ask.js';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec, Input } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { choiceOption, numberOption, requiredText, secondsOf, textOption } from '../core/options.js';
import { type Block, line, table } from '../text/blocks.js';
import { countText, moneyText, relativeTime, shareText } from '../text/numbers.js';

const SCOPE = {
  name: '<scope>',
  text: 'everybody, user:NAME, team:NAME, key:ID, or user:* and the like for each that has none',
} as const;
const WINDOWS = ['day', 'week', 'month'] as const;
const STORE_LOSS = ['open', 'closed'] as const;
const MAX_CAP = 1e12;
const WARN_SHARE = 0.75;

export const budgetsCommands: readonly CommandSpec[] = [
  {
    name: 'budgets list',
    summary: 'caps, what is spent and reserved, and when they renew',
    async run(context) {
      const found = await (await context.client()).budgets();
      return { json: found, text: [budgetsText(found.budgets, context.world.now())] };
    },
  },
  {
    name: 'budgets show',
    summary: 'the budget of one scope',
    arguments: [SCOPE],
    async run(context, input) {
      const budget = await (await context.client()).budget(input.args[0]!);
      return { json: budget, text: [budgetsText([budget], context.world.now())] };
    },
  },
  {
    name: 'budgets set',
    summary: 'set the budget of a scope as a whole: what is not given is removed',
    arguments: [SCOPE],
    options: [
      ...WINDOWS.map((window) => ({ flags: `--usd-${window} <amount>`, text: `US dollars per ${window}` })),
      ...WINDOWS.map((window) => ({ flags: `--tokens-${window} <count>`, text: `tokens per ${window}` })),
      { flags: '--when-over <act>', text: 'refuse, or cheaper:MODEL such as cheaper:haiku' },
      { flags: '--bedrock-only', text: 'count only what the fallback upstreams of the operator answer' },
      {
        flags: '--on-store-loss <act>',
        text: 'while the store is away: open serves, closed refuses (default: BUDGET_ON_STORE_LOSS)',
        values: STORE_LOSS,
      },
    ],
    async run(context, input) {
      const budget = await (await context.client()).setBudget(input.args[0]!, orderOf(input));
      return {
        json: budget,
        text: [
          line(`The budget of ${budget.scope} holds on all tasks within seconds.`),
          budgetsText([budget], context.world.now()),
        ],
      };
    },
  },
  {
    name: 'budgets override',
    summary: 'raise the caps of a scope for a while; the raise ends by itself',
    arguments: [SCOPE],
    options: [
      { flags: '--usd <amount>', text: 'US dollars on top of the caps' },
      { flags: '--for <duration>', text: 'such as 8h or 2d (default 1d)' },
    ],
    async run(context, input) {
      requiredText(input, 'usd', '--usd');
      const usd = numberOption(input, 'usd', [0.01, MAX_CAP])!;
      const until = context.world.now() + secondsOf(textOption(input, 'for') ?? '1d', '--for') * 1_000;
      const budget = await (await context.client()).raiseBudget(input.args[0]!, { usd, until });
      return {
        json: budget,
        text: [
          line(
            `${budget.scope} may spend ${moneyText(usd)} more; the raise ends ${relativeTime(until, context.world.now())}.`,
          ),
        ],
      };
    },
  },
  {
    name: 'budgets remove',
    summary: 'remove the budget of a scope',
    arguments: [SCOPE],
    options: [{ flags: '--yes', text: 'do not ask' }],
    async run(context, input) {
      const scope = input.args[0]!;
      const done = (removed: boolean, text: string) => ({ json: { scope, removed }, text: [line(text)] });
      if (!(await confirm(context, input, `Remove the budget of ${scope}? It is not limited any more then.`)))
        return done(false, 'Nothing was changed.');
      await (await context.client()).removeBudget(scope);
      return done(true, `Removed the budget of ${scope}.`);
    },
  },
  {
    name: 'budgets explain',
    summary: 'which budgets hold for a user, and which one refuses first (exit code 6 if one is spent)',
    arguments: [{ name: '<user>', text: 'name of the user', values: 'users' }],
    async run(context, input) {
      const user = input.args[0]!;
      const client = await context.client();
      const [{ budgets }, { teams }] = await Promise.all([client.budgets(), client.teams()]);
      const found = budgetsOf(
        user,
        budgets,
        teams.filter(({ users }) => users.includes(user)).map(({ name }) => name),
      );
      const spent = found.flatMap(({ scope, windows }) =>
        windows.filter(({ cap, spent: used }) => used >= cap).map(({ window }) => `${scope} per ${window}`),
      );
      return {
        json: { user, budgets: found, spent },
        text: [
          ...(found.length === 0 ? [line(`No budget holds for ${user}.`)] : [budgetsText(found, context.world.now())]),
          ...spent.map((text) => line(`! Spent: ${text}`, 'bad')),
        ],
        exit: spent.length > 0 ? EXIT.degraded : EXIT.fine,
      };
    },
  },
];

/** The budgets of everybody, of the user and of its teams; those for all users or teams where it has none of its own. */
function budgetsOf(user: string, budgets: readonly Budget[], teams: readonly string[]): Budget[] {
  const own = (scope: string, all: string) =>
    budgets.find((each) => each.scope === scope) ?? budgets.find((each) => each.scope === all);
  const found = [
    budgets.find(({ scope }) => scope === 'everybody'),
    own(`user:${user}`, 'user:*'),
    ...teams.map((team) => own(`team:${team}`, 'team:*')),
  ];
  return [...new Set(found.filter((budget) => budget !== undefined))];
}

/** @throws CliError */
function orderOf(input: Input): BudgetOrder {
  const [usd, tokens] = [capsOf(input, 'usd'), capsOf(input, 'tokens')];
  if (Object.keys({ ...usd, ...tokens }).length === 0)
    throw usageError('No cap is given', 'An example: ccp budgets set user:alice --usd-day 20');
  const whenOver = textOption(input, 'whenOver');
  const onStoreLoss = choiceOption(input, 'onStoreLoss', STORE_LOSS);
  return {
    usd,
    tokens,
    ...(whenOver !== undefined && { when_over: whenOver }),
    bedrock_only: input.options.bedrockOnly === true,
    ...(onStoreLoss !== undefined && { on_store_loss: onStoreLoss }),
  };
}

function capsOf(input: Input, unit: 'usd' | 'tokens'): BudgetCaps {
  const caps = WINDOWS.map(
    (window) =>
      [window, numberOption(input, `${unit}${window[0]!.toUpperCase()}${window.slice(1)}`, [0, MAX_CAP])] as const,
  );
  return Object.fromEntries(caps.filter(([, cap]) => cap !== undefined));
}

function budgetsText(budgets: readonly Budget[], nowMs: number): Block {
  const rows = budgets.flatMap((budget) => {
    const { scope, windows, usd, tokens } = budget;
    const over = overText(budget);
    if (windows.length === 0) return [[scope, capsText(usd, tokens), '-', '-', '-', '-', over]];
    return windows.map(({ unit, window, cap, spent, reserved, renews_at }) => {
      const text = unit === 'usd' ? moneyText : countText;
      const share = cap === 0 ? 1 : spent / cap;
      const tone = share >= 1 ? ('bad' as const) : share >= WARN_SHARE ? ('warn' as const) : ('good' as const);
      return [
        scope,
        `${text(cap)} per ${window}`,
        { text: text(spent), tone },
        text(reserved),
        { text: shareText(share), tone },
        relativeTime(renews_at, nowMs),
        over,
      ];
    });
  });
  if (rows.length === 0) return line('No budget is set. Set one with: ccp budgets set user:NAME --usd-day 20');
  return table(['!SCOPE', '!CAP', '>SPENT', '?>RESERVED', '>USED', 'RENEWS', '?WHEN OVER'], rows);
}

function overText({ when_over, on_store_loss, bedrock_only, raise }: Budget): string {
  return [
    when_over ?? 'default',
    ...(on_store_loss ? [`${on_store_loss} without the store`] : []),
    ...(bedrock_only ? ['Bedrock only'] : []),
    ...(raise ? [`raised by ${moneyText(raise.usd)}`] : []),
  ].join(', ');
}

function capsText(usd: BudgetCaps, tokens: BudgetCaps): string {
  const texts = (caps: BudgetCaps, text: (cap: number) => string) =>
    Object.entries(caps).map(([window, cap]) => `${text(cap)} per ${window}`);
  return [...texts(usd, moneyText), ...texts(tokens, (cap) => `${countText(cap)} tokens`)].join(', ');
}
