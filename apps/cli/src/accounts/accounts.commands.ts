import type { Account, AccountChange } from '@claude-proxy/admin-api';
import { confirm, readSecret } from '../core/ask.js';
import type { CommandSpec, Context, Input, OptionSpec } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { named } from '../core/named.js';
import { listOption, numberOption, requiredText, wholeOption } from '../core/options.js';
import { type Block, line, table } from '../text/blocks.js';
import { countText, moneyText, relativeTime, shareText } from '../text/numbers.js';
import { accountFacts, effectOf, removalText, stateText } from './account-text.js';

const ACCOUNT = { name: '<account>', text: 'name or id; a unique beginning is enough', values: 'accounts' } as const;
const SETTINGS: readonly OptionSpec[] = [
  { flags: '--priority <n>', text: 'a lower number is used first' },
  { flags: '--weight <n>', text: 'share of the new sessions among accounts of the same priority' },
  { flags: '--models <ids>', text: 'only these models, separated by commas; "all" for every model' },
];

const NO_ACCOUNTS =
  'The pool has no accounts: callers bring their own keys. Add one with: ccp accounts add --name NAME < key.txt';

export const accountsCommands: readonly CommandSpec[] = [
  {
    name: 'accounts list',
    summary: 'the API keys of the pool: state, sessions, requests, cost',
    async run(context) {
      const found = await (await context.client()).accounts();
      return { json: found, text: [listText(found.accounts, context.world.now())] };
    },
  },
  {
    name: 'accounts show',
    summary: 'one account: its organization, limits and what keeps it from serving',
    arguments: [ACCOUNT],
    async run(context, input) {
      const account = await accountOf(context, input);
      return { json: account, text: accountFacts(account, context.world.now()) };
    },
  },
  {
    name: 'accounts add',
    summary: 'add an API key to the pool: ccp accounts add --name prod < key.txt',
    details:
      'The key is read from --from-env, --from-file, a pipe or a prompt. An argument would be kept in the history of the shell.',
    options: [
      { flags: '--name <name>', text: 'name of the account' },
      { flags: '--from-env <name>', text: 'the variable with the key' },
      { flags: '--from-file <path>', text: 'the file with the key' },
      ...SETTINGS,
    ],
    async run(context, input) {
      const name = requiredText(input, 'name', '--name');
      const settings = settingsOf(input);
      const key = await readSecret(context, input, 'API key');
      const added = await (await context.client()).addAccount({ name, key, ...settings });
      const same = added.same_organization;
      return {
        json: added,
        text: [
          line(`Added ${added.account.name} (${added.account.id}). It takes sessions within 5 s.`),
          ...(same.length > 0
            ? [
                line(
                  `It shares its limits with ${same.join(', ')}: one organization has one quota, so this key adds no capacity.`,
                  'warn',
                ),
              ]
            : []),
        ],
      };
    },
  },
  changing('pause', 'take no requests; sessions on it move', { state: 'paused' }),
  changing('resume', 'take requests again', { state: 'active' }),
  changing('drain', 'keep the sessions, take no new ones', { state: 'draining' }),
  {
    name: 'accounts change',
    summary: 'change the name, priority, weight or models of an account',
    arguments: [ACCOUNT],
    options: [{ flags: '--name <name>', text: 'the new name' }, ...SETTINGS],
    async run(context, input) {
      const { name } = input.options;
      return change(context, input, { ...settingsOf(input), ...(typeof name === 'string' && { name }) });
    },
  },
  {
    name: 'accounts remove',
    summary: 'remove an account from the pool, by its name',
    arguments: [ACCOUNT],
    options: [
      { flags: '--yes', text: 'do not ask' },
      { flags: '--dry-run', text: 'only say what would happen' },
    ],
    async run(context, input) {
      const account = await freshAccountOf(context, input);
      const effect = removalText(account);
      const done = (removed: boolean, text: string) => ({ json: { account, removed }, text: [line(text)] });
      if (input.options.dryRun === true) return done(false, `Would remove ${effect}.`);
      if (!(await confirm(context, input, `Remove ${effect}?`))) return done(false, 'Nothing was changed.');
      await (await context.client()).removeAccount(account.id, account.revision);
      return done(true, `Removed ${effect}.`);
    },
  },
  {
    name: 'accounts probe',
    summary: 'check the key of an account at Anthropic (exit code 6 if it is refused)',
    arguments: [ACCOUNT],
    async run(context, input) {
      const { id } = await accountOf(context, input);
      const probe = await (await context.client()).probeAccount(id);
      const tone = probe.outcome === 'accepted' ? 'good' : 'bad';
      return {
        json: probe,
        text: [line(`${probe.account.name}: ${probe.outcome}${probe.detail ? `, ${probe.detail}` : ''}`, tone)],
        exit: probe.outcome === 'accepted' ? EXIT.fine : EXIT.degraded,
      };
    },
  },
  {
    name: 'accounts limits',
    summary: 'what is left of each limit, and how long it lasts at the present pace',
    arguments: [{ ...ACCOUNT, name: '[account]' }],
    async run(context, input) {
      const { accounts } = await (await context.client()).accounts();
      const wanted = input.args[0] === undefined ? accounts : [named(accounts, input.args[0], 'account')];
      return {
        json: { accounts: wanted.map(({ id, name, windows, closures }) => ({ id, name, windows, closures })) },
        text: [windowsText(wanted, context.world.now())],
      };
    },
  },
  {
    name: 'stats accounts',
    summary: 'figures per account, of the last 30 days',
    async run(context) {
      const { accounts } = await (await context.client()).accounts();
      const rows = accounts
        .map(({ id, name, requests, tokens, cost_usd, cache_hit_share }) => ({
          id,
          name,
          requests,
          tokens,
          cost_usd,
          cache_hit_share,
        }))
        .sort((left, right) => right.cost_usd - left.cost_usd);
      const cells = rows.map((row) => [
        row.name,
        countText(row.requests),
        countText(row.tokens),
        shareText(row.cache_hit_share),
        moneyText(row.cost_usd),
      ]);
      if (rows.length === 0) return { json: { rows }, text: [line(NO_ACCOUNTS)] };
      return { json: { rows }, text: [table(['ACCOUNT', '>REQUESTS', '>TOKENS', '>CACHED', '>COST'], cells)] };
    },
  },
];

async function accountOf(context: Context, input: Input): Promise<Account> {
  const { accounts } = await (await context.client()).accounts();
  return named(accounts, input.args[0]!, 'account');
}

async function freshAccountOf(context: Context, input: Input): Promise<Account> {
  const { accounts } = await (await context.client()).freshAccounts();
  return named(accounts, input.args[0]!, 'account');
}

function changing(verb: string, summary: string, wanted: AccountChange): CommandSpec {
  return {
    name: `accounts ${verb}`,
    summary,
    arguments: [ACCOUNT],
    run: (context, input) => change(context, input, wanted),
  };
}

async function change(context: Context, input: Input, wanted: AccountChange) {
  const client = await context.client();
  const { accounts } = await client.freshAccounts();
  const before = named(accounts, input.args[0]!, 'account');
  // Gateways of earlier versions have no revisions.
  const revision: number | undefined = before.revision;
  const account = await client.changeAccount(before.id, {
    ...wanted,
    ...(revision !== undefined && { if_revision: revision }),
  });
  const effect = effectOf(before, account, accounts);
  return { json: { account, effect }, text: [line(effect)] };
}

/** @throws CliError */
function settingsOf(input: Input): Pick<AccountChange, 'priority' | 'weight' | 'models'> {
  const priority = wholeOption(input, 'priority', [0, 1_000_000]);
  const weight = numberOption(input, 'weight', [0, 1_000]);
  const models = listOption(input, 'models');
  return {
    ...(priority !== undefined && { priority }),
    ...(weight !== undefined && { weight }),
    ...(models !== undefined && { models: models.length === 1 && models[0] === 'all' ? null : models }),
  };
}

function listText(accounts: readonly Account[], nowMs: number): Block {
  if (accounts.length === 0) return line(NO_ACCOUNTS);
  return table(
    [
      '!NAME',
      '?ID',
      '?ORGANIZATION',
      '!STATE',
      '?>PRIORITY',
      '>SESSIONS',
      '?>REQUESTS',
      '?>CACHED',
      '>COST',
      '?LAST USED',
    ],
    accounts.map((account) => [
      account.name,
      account.id,
      account.organization ?? '-',
      stateText(account, nowMs),
      account.priority,
      account.sessions,
      countText(account.requests),
      shareText(account.cache_hit_share),
      moneyText(account.cost_usd),
      account.last_used_at === null ? 'never' : relativeTime(account.last_used_at, nowMs),
    ]),
  );
}

function windowsText(accounts: readonly Account[], nowMs: number): Block {
  const rows = accounts.flatMap(({ name, windows }) =>
    windows.map(({ group, kind, limit, remaining, lasts_until }) => [
      name,
      group,
      kind,
      countText(limit),
      `${countText(remaining)} (${shareText(limit === 0 ? 0 : remaining / limit)})`,
      lasts_until === null ? '-' : `empty ${relativeTime(lasts_until, nowMs)}`,
    ]),
  );
  if (rows.length === 0) return line('No limit is known yet: answers of Anthropic name them.');
  return table(['!ACCOUNT', 'MODELS', 'LIMIT', '?>PER MINUTE', '>LEFT', 'AT THIS PACE'], rows);
}
