import type { Kind } from './kinds.js';
import type { Section, Setting } from './section.js';

/** The environment as text, as `process.env` gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every section by name, read, validated and frozen. */
export type GatewayConfig = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Every fault of the environment in one message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
}

/** @throws ConfigError naming every variable at fault, its value and what is allowed. */
export function readConfig(environment: Environment, sections: readonly Section[]): GatewayConfig {
  const faults: string[] = [];
  const config: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const section of sections) {
    const values: Record<string, unknown> = {};
    for (const [name, setting] of Object.entries(section.settings)) {
      values[name] = readSetting(setting, environment, faults);
    }
    config[section.name] = Object.freeze(values);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(config);
}

function readSetting(setting: Setting<unknown>, environment: Environment, faults: string[]): unknown {
  // An empty variable counts as unset: compose files and task definitions write `NAME=` for "nothing".
  const given = environment[setting.variable]?.trim();
  const source = given ? given : setting.defaultText;
  if (source === undefined) return undefined;
  const parsed = setting.kind.schema.safeParse(source);
  if (parsed.success) return parsed.data;
  faults.push(`${setting.variable} is ${shown(source, setting.kind)}; allowed: ${setting.kind.allowed}`);
  return undefined;
}

const USER_OF_URL = /(:\/\/)[^/?#\s]*@/g;

function shown(value: string, kind: Kind<unknown>): string {
  return kind.isSecret ? '[secret]' : JSON.stringify(withoutUser(value));
}

/** Where an address is refused for the password in it, the password must not end in a log or on a page. */
export function withoutUser(value: string): string {
  return value.replace(USER_OF_URL, '$1[secret]@');
}
