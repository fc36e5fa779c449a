import { dollars, oneOf, secret, wholeNumber } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';
import { accountKeys } from './account-keys.js';
import { POLICIES } from './move-policy.js';

export const accountsSection = section(
  'accounts',
  'A pool of Anthropic API keys for callers without a key of their own.',
  {
    keys: setting(
      'ANTHROPIC_API_KEYS',
      accountKeys,
      'The accounts of the pool, beside those that an operator adds while the gateway runs. `ANTHROPIC_API_KEY` is one more of them.',
    ),
    claudeKeys: setting(
      'CLAUDE_API_KEYS',
      accountKeys,
      'Another name of `ANTHROPIC_API_KEYS`, used if that one is unset.',
    ),
    encryptionKey: setting(
      'ENCRYPTION_KEY',
      secret,
      'Encrypts the keys of accounts that are added while the gateway runs: a random text of at least 32 characters. Unset: the text in the file `encryption-key` of `DATA_DIR`, created on first use. With `STATE_STORE=dynamodb` it has to be set, to the same text in all tasks, before an account can be added.',
    ),
    sessionTimeoutSeconds: setting(
      'SESSION_TIMEOUT',
      wholeNumber(1, 604_800),
      'The longest time in seconds that a session stays on its account without a request. The prompt cache ends earlier: after 5 minutes, or an hour.',
      '18000',
    ),
    policy: setting(
      'FALLBACK_POLICY',
      oneOf(...POLICIES),
      'What a session with a warm prompt cache does when its account is limited for a moment. `fast`: moves at once. `thrifty`: waits, up to `MAX_RETRY_WAIT_SECONDS`. `balanced`: waits if the move would cost more than `WAIT_SAVES_USD`.',
      'balanced',
    ),
    waitSavesUsd: setting(
      'WAIT_SAVES_USD',
      dollars,
      'For `balanced`: the price of a move, in US dollars, from which waiting is better.',
      '0.05',
    ),
    maxHops: setting(
      'MAX_ACCOUNT_HOPS',
      wholeNumber(0, 20),
      'To how many further organizations one request may go when its own is limited.',
      '3',
    ),
  },
);

export type AccountsConfig = ConfigOf<typeof accountsSection>;
