import { withoutSecrets } from '../core/secrets.js';

export type Variables = Readonly<Record<string, string>>;

/** A settings file of Claude Code: what is not named here stays as it is. */
export interface ClaudeSettings {
  readonly env?: Variables;
  readonly [name: string]: unknown;
}

/** What `connect` has changed, so that `--undo` takes back that and nothing else. */
export interface Connection {
  readonly set: Variables;
  /** The values before; a missing name was not set. */
  readonly before: Variables;
}

/** Variables that would win over the new ones, or send requests elsewhere. */
const RIVALS = ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'] as const;

export function connected(
  settings: ClaudeSettings,
  set: Variables,
): { settings: ClaudeSettings; connection: Connection } {
  const env = settings.env ?? {};
  const before = Object.fromEntries(
    Object.keys(set).flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  return { settings: { ...settings, env: { ...env, ...set } }, connection: { set, before } };
}

/** A variable that was changed since by hand stays. */
export function disconnected(settings: ClaudeSettings, { set, before }: Connection): ClaudeSettings {
  const env: Record<string, string> = { ...settings.env };
  for (const [name, value] of Object.entries(set)) {
    if (env[name] !== value) continue;
    if (before[name] === undefined) delete env[name];
    else env[name] = before[name];
  }
  const { env: _env, ...rest } = settings;
  return Object.keys(env).length > 0 ? { ...rest, env } : rest;
}

/** Lines of the variables that differ, without secrets. */
export function differenceOf(before: ClaudeSettings, after: ClaudeSettings): string[] {
  const [old, fresh] = [before.env ?? {}, after.env ?? {}];
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((name) => old[name] !== fresh[name]);
  return names.flatMap((name) => [
    ...(old[name] === undefined ? [] : [`- env.${name} = ${shown(name, old[name])}`]),
    ...(fresh[name] === undefined ? [] : [`+ env.${name} = ${shown(name, fresh[name])}`]),
  ]);
}

export function rivalsIn({ env = {} }: ClaudeSettings): string[] {
  return RIVALS.filter((name) => env[name] !== undefined && env[name] !== '');
}

function shown(name: string, value: string): string {
  return /TOKEN|KEY/.test(name) && value !== 'any-key' ? '[hidden]' : withoutSecrets(value);
}
