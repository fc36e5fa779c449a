import { join } from 'node:path';
import { confirm } from '../core/ask.js';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec, Context } from '../core/command.js';
import { textOption } from '../core/options.js';
import { readIfPresent, readPrivateFile, writePrivateFile } from '../gateway/private-file.js';
import { line } from '../text/blocks.js';
import { CLIENT_OPTIONS, variablesOf } from './env.command.js';
import {
  type ClaudeSettings,
  type Connection,
  connected,
  differenceOf,
  disconnected,
  rivalsIn,
} from './settings-change.js';

export const connect: CommandSpec = {
  name: 'connect',
  summary: 'write the gateway into the settings of Claude Code, after showing the difference; --undo takes it back',
  options: [
    ...CLIENT_OPTIONS,
    { flags: '--settings <path>', text: 'the settings file (default ~/.claude/settings.json)' },
    { flags: '--undo', text: 'take back what `ccp connect` has set, and nothing else' },
    { flags: '--yes', text: 'do not ask' },
    { flags: '--dry-run', text: 'only show the difference' },
  ],
  async run(context, input) {
    const path = textOption(input, 'settings') ?? join(context.world.home, '.claude', 'settings.json');
    const before = readSettings(path);
    const { settings, connection } =
      input.options.undo === true
        ? undone(context, path, before)
        : connected(before, await variablesOf(context, input));
    const difference = differenceOf(before, settings);
    const done = (changed: boolean, text: string) => ({ json: { path, changed, difference }, text: [line(text)] });
    if (difference.length === 0) return done(false, `${path} needs no change.`);
    for (const text of [path, ...difference]) context.note(text);
    for (const rival of rivalsIn(settings))
      context.note(`! env.${rival} is set in this file and would send requests elsewhere; remove it.`);
    if (input.options.dryRun === true) return done(false, 'Nothing was changed.');
    if (!(await confirm(context, input, 'Write this?'))) return done(false, 'Nothing was changed.');
    writePrivateFile(path, `${JSON.stringify(settings, null, 2)}\n`);
    remember(context, path, connection);
    return done(
      true,
      `Changed. Restart Claude Code to use it.${connection ? ' `ccp connect --undo` takes it back.' : ''}`,
    );
  },
};

function undone(context: Context, path: string, settings: ClaudeSettings) {
  const connection = connections(context)[path];
  if (!connection) throw usageError(`\`ccp connect\` has not changed ${path}`);
  return { settings: disconnected(settings, connection), connection: undefined };
}

/** @throws CliError for a file that would be lost by writing it anew */
function readSettings(path: string): ClaudeSettings {
  const text = readIfPresent(path);
  if (text === undefined || text.trim() === '') return {};
  try {
    const settings: unknown = JSON.parse(text);
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings))
      return settings as ClaudeSettings;
  } catch {
    // Reported below.
  }
  throw usageError(`${path} is not a JSON object`, 'Correct it, or name another file with --settings.');
}

function connectionsPath({ world: { env, home } }: Context): string {
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'ccp', 'connections.json');
}

function connections(context: Context): Readonly<Record<string, Connection>> {
  const text = readPrivateFile(connectionsPath(context));
  return text === undefined ? {} : (JSON.parse(text) as Record<string, Connection>);
}

/** A second `connect` keeps the values from before the first one. */
function remember(context: Context, path: string, connection: Connection | undefined): void {
  const { [path]: earlier, ...others } = connections(context);
  const kept = connection && { ...connection, before: { ...connection.before, ...earlier?.before } };
  const before =
    kept && Object.fromEntries(Object.entries(kept.before).filter(([name, value]) => earlier?.set[name] !== value));
  writePrivateFile(
    connectionsPath(context),
    `${JSON.stringify({ ...others, ...(kept && { [path]: { ...kept, before } }) }, null, 2)}\n`,
  );
}
