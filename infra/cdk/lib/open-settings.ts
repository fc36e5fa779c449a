import { readFileSync } from 'node:fs';

interface SettingNames {
  readonly secret: readonly string[];
  /** Open, although their names sound secret. */
  readonly open: readonly string[];
}

/** What the application declares; `npm run tables:print` writes the file, and a test compares it. */
const NAMES: SettingNames = JSON.parse(readFileSync(new URL('../settings.json', import.meta.url), 'utf8'));
const OPEN = new Set(NAMES.open);
const SECRET = new Set(NAMES.secret);

/** For settings that the application itself does not declare, such as those of a module of a team. */
const SECRET_WORD = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|HEADER)S?(_ID)?$/i;
/** A user with a password in a URL, wherever in the text. */
const PASSWORD_IN_URL = /[a-z][a-z0-9+.-]*:\/\/[^/?#\s"'@:]*:[^/?#\s"'@]+@/i;
const KNOWN_SECRETS = /sk-ant-[\w-]{8}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY/;

/**
 * All readers of a task definition see the environment of its containers.
 *
 * @throws Error with the name of the first setting that would expose a secret
 */
export function expectNoSecrets(settings: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(settings)) {
    const reason = reasonAgainst(name, String(value));
    if (reason === undefined) continue;
    throw new Error(
      `"settings" would expose ${name} to all readers of the task definition: ${reason}. Put it into Secrets Manager, and its ARN into "secrets".`,
    );
  }
}

function reasonAgainst(name: string, value: string): string | undefined {
  if (SECRET.has(name)) return 'the application declares it as a secret';
  if (!OPEN.has(name) && SECRET_WORD.test(name)) return 'its name is that of a secret';
  if (PASSWORD_IN_URL.test(value)) return 'its value is a URL with a password';
  return KNOWN_SECRETS.test(value) ? 'its value contains a key' : undefined;
}
