import { type AuthConfig } from '../auth/auth.config.js';
import { apiKeyCredential } from '../auth/credential.reader.js';
import type { Secret } from '../config/secret.js';
import { type Account, accountIdOf, DEFAULT_PRIORITY, DEFAULT_WEIGHT } from './account.js';
import type { AccountsConfig } from './accounts.config.js';

/** The name of `ANTHROPIC_API_KEY`. */
const SINGLE_NAME = 'default';

/** The accounts that the environment names, each key once. */
export function environmentAccounts(
  { keys, claudeKeys }: Pick<AccountsConfig, 'keys' | 'claudeKeys'>,
  { anthropicApiKey }: Pick<AuthConfig, 'anthropicApiKey'>,
): readonly Account[] {
  const named = keys ?? claudeKeys ?? [];
  const accounts = named.map(({ name, key }) => accountOf(name, key));
  const single = anthropicApiKey && accountOf(SINGLE_NAME, anthropicApiKey);
  if (!single || accounts.some(({ id }) => id === single.id)) return accounts;
  const isTaken = accounts.some(({ name }) => name === SINGLE_NAME);
  return [isTaken ? { ...single, name: `${SINGLE_NAME}-key` } : single, ...accounts];
}

function accountOf(name: string, key: Secret): Account {
  const credential = apiKeyCredential(key.reveal());
  return {
    id: accountIdOf(credential.digest),
    name,
    credential,
    priority: DEFAULT_PRIORITY,
    weight: DEFAULT_WEIGHT,
    models: [],
    operatorState: 'active',
    origin: 'environment',
  };
}
