import { type ClientKey, KEY_ROLES, type KeyRole, type NewKey } from '@claude-proxy/admin-api';
import { confirm } from '../core/ask.js';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec, Context, Input } from '../core/command.js';
import { named } from '../core/named.js';
import { listOption, requiredText, secondsOf, textOption, wholeOption } from '../core/options.js';
import { type Block, facts, line, raw, table } from '../text/blocks.js';
import { durationText, relativeTime } from '../text/numbers.js';

const KEY = { name: '<key>', text: 'id or name; a unique beginning is enough', values: 'keys' } as const;

export const keysCommands: readonly CommandSpec[] = [
  {
    name: 'keys list',
    summary: 'client keys, without their text',
    async run(context) {
      const found = await (await context.client()).keys();
      return { json: found, text: [listText(found.keys, context.world.now())] };
    },
  },
  {
    name: 'keys show',
    summary: 'one client key: its user, limits and use',
    arguments: [KEY],
    async run(context, input) {
      const key = await keyOf(context, input);
      return { json: key, text: [keyFacts(key, context.world.now())] };
    },
  },
  {
    name: 'keys create',
    summary: 'create a client key; its text is printed once, alone on the standard output',
    options: [
      { flags: '--name <name>', text: 'what the key is for' },
      { flags: '--user <user>', text: 'the user of the key', values: 'users' },
      { flags: '--team <team>', text: 'the team of the key' },
      { flags: '--roles <roles>', text: `separated by commas: ${KEY_ROLES.join(', ')}` },
      { flags: '--models <patterns>', text: 'only these models, separated by commas; * stands for any text' },
      { flags: '--requests-per-minute <n>', text: 'limit' },
      { flags: '--tokens-per-minute <n>', text: 'limit' },
      { flags: '--concurrency <n>', text: 'limit of requests at the same time' },
      { flags: '--expires-in <duration>', text: 'such as 90d' },
    ],
    async run(context, input) {
      const created = await (await context.client()).createKey(newKeyOf(input, context.world.now()));
      context.note(`Created ${created.id}. This is the only time that the key is shown.`);
      return { json: created, text: [raw(created.key)] };
    },
  },
  {
    name: 'keys rotate',
    summary: 'replace the text of a key; the old one works for a while',
    arguments: [KEY],
    options: [{ flags: '--overlap <duration>', text: 'how long the old text works (default 1d)' }],
    async run(context, input) {
      const seconds = secondsOf(textOption(input, 'overlap') ?? '1d', '--overlap');
      const { id, name } = await keyOf(context, input);
      const rotated = await (await context.client()).rotateKey(id, seconds);
      context.note(
        `Rotated ${name} (${id}). The old text works for ${durationText(seconds * 1_000)}. The new one is shown only now.`,
      );
      return { json: rotated, text: [raw(rotated.key)] };
    },
  },
  {
    name: 'keys revoke',
    summary: 'end a key for good',
    arguments: [KEY],
    options: [
      { flags: '--yes', text: 'do not ask' },
      { flags: '--dry-run', text: 'only say what would happen' },
    ],
    async run(context, input) {
      const key = await keyOf(context, input);
      const effect = `${key.name} (${key.id}) of ${key.user}: its requests are refused on all tasks within 3 s`;
      const done = (revoked: boolean, text: string) => ({ json: { id: key.id, revoked }, text: [line(text)] });
      if (input.options.dryRun === true) return done(false, `Would revoke ${effect}.`);
      if (!(await confirm(context, input, `Revoke ${effect}?`))) return done(false, 'Nothing was changed.');
      await (await context.client()).revokeKey(key.id);
      return done(true, `Revoked ${effect}.`);
    },
  },
];

async function keyOf(context: Context, input: Input): Promise<ClientKey> {
  const { keys } = await (await context.client()).keys();
  return named(keys, input.args[0]!, 'client key');
}

/** @throws CliError */
function newKeyOf(input: Input, nowMs: number): NewKey {
  const user = requiredText(input, 'user', '--user');
  const roles = listOption(input, 'roles')?.map(roleOf);
  const models = listOption(input, 'models');
  const team = textOption(input, 'team');
  const expiresIn = textOption(input, 'expiresIn');
  const limit = (name: string) => wholeOption(input, name, [1, 1_000_000_000]);
  const [rpm, tpm, concurrency] = [limit('requestsPerMinute'), limit('tokensPerMinute'), limit('concurrency')];
  return {
    name: requiredText(input, 'name', '--name'),
    user,
    ...(team !== undefined && { team }),
    ...(roles && { roles }),
    ...(models && { models }),
    ...(expiresIn !== undefined && { expires_at: nowMs + secondsOf(expiresIn, '--expires-in') * 1_000 }),
    limits: {
      ...(rpm !== undefined && { requests_per_minute: rpm }),
      ...(tpm !== undefined && { tokens_per_minute: tpm }),
      ...(concurrency !== undefined && { concurrency }),
    },
  };
}

function roleOf(text: string): KeyRole {
  const role = KEY_ROLES.find((each) => each === text);
  if (role) return role;
  throw usageError(`--roles has "${text}": ${KEY_ROLES.join(', ')} are allowed`);
}

function listText(keys: readonly ClientKey[], nowMs: number): Block {
  if (keys.length === 0) return line('No client key exists. Create one with: ccp keys create --name NAME --user USER');
  return table(
    ['!ID', 'NAME', 'USER', '?TEAM', '?ROLES', '!STATE', '?EXPIRES', '?LAST USED'],
    keys.map((key) => [
      key.id,
      key.name,
      key.user,
      key.team ?? '-',
      key.roles.join(' '),
      { text: key.state, tone: key.state === 'active' ? 'good' : 'warn' },
      key.expires_at === null ? 'never' : relativeTime(key.expires_at, nowMs),
      key.last_used_day ?? 'never',
    ]),
  );
}

function keyFacts(key: ClientKey, nowMs: number): Block {
  return facts(
    ['Id', key.id],
    ['Name', key.name],
    ['User', `${key.user} (${key.owner})`],
    ['Team', key.team ?? '-'],
    ['Roles', key.roles.join(' ')],
    ['State', key.state],
    ['Models', key.models?.join(', ') ?? 'all'],
    [
      'Limits',
      Object.entries(key.limits)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ') || 'none',
    ],
    ['Created', `${relativeTime(key.created_at, nowMs)} by ${key.created_by}`],
    ['Expires', key.expires_at === null ? 'never' : relativeTime(key.expires_at, nowMs)],
    ['Last used', key.last_used_day ?? 'never'],
  );
}
