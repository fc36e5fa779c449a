import type { Item } from '@claude-proxy/storage';
import { z } from 'zod';
import { apiKeyCredential } from '../auth/credential.reader.js';
import { opened } from '../state/sealed-text.js';
import { type Account, accountIdOf, DEFAULT_PRIORITY, DEFAULT_WEIGHT, OPERATOR_STATES } from './account.js';

export const ACCOUNT_PARTITION = 'accounts';

const recordSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The encrypted key; missing for settings of an account of the environment. */
  sealed: z.string().optional(),
  priority: z.number().catch(DEFAULT_PRIORITY),
  weight: z.number().catch(DEFAULT_WEIGHT),
  models: z.array(z.string()).catch([]),
  state: z.enum(OPERATOR_STATES).catch('active'),
  revision: z.number().catch(0),
  created_at: z.number().catch(0),
});

/** An account as the store keeps it. */
export type AccountRecord = z.infer<typeof recordSchema>;

export function itemOfRecord(record: AccountRecord): Item {
  return { ...record, partition: ACCOUNT_PARTITION, sort: record.id };
}

/** Undefined for an item that a later version has written in another form. */
export function recordOfItem(item: Item): AccountRecord | undefined {
  return recordSchema.safeParse(item).data;
}

export function recordOf({ id, name, priority, weight, models, operatorState }: Account): AccountRecord {
  return { id, name, priority, weight, models: [...models], state: operatorState, revision: 0, created_at: Date.now() };
}

export interface Merged {
  readonly accounts: readonly Account[];
  /** Names of accounts whose key this process cannot decrypt. */
  readonly unreadable: readonly string[];
}

/** The accounts of the environment with their stored settings, and the stored accounts. */
export function mergedAccounts(
  environment: readonly Account[],
  records: readonly AccountRecord[],
  key: Buffer | undefined,
): Merged {
  const recordById = new Map(records.map((record) => [record.id, record]));
  const accounts = environment.map((account) => withSettings(account, recordById.get(account.id)));
  const known = new Set(environment.map(({ id }) => id));
  const unreadable: string[] = [];
  for (const record of records) {
    if (known.has(record.id) || record.sealed === undefined) continue;
    const account = key && storedAccount(record, record.sealed, key);
    if (account) accounts.push(account);
    else unreadable.push(record.name);
  }
  return { accounts, unreadable };
}

function storedAccount(record: AccountRecord, sealed: string, key: Buffer): Account | undefined {
  const text = opened(sealed, record.id, key);
  if (text === undefined) return undefined;
  const credential = apiKeyCredential(text);
  const base = { id: accountIdOf(credential.digest), credential, origin: 'stored' as const };
  return base.id === record.id ? withSettings({ ...base, ...DEFAULTS, name: record.name }, record) : undefined;
}

const DEFAULTS = {
  priority: DEFAULT_PRIORITY,
  weight: DEFAULT_WEIGHT,
  models: [],
  operatorState: 'active',
} as const;

function withSettings(account: Account, record: AccountRecord | undefined): Account {
  if (!record) return account;
  const { name, priority, weight, models, state, revision } = record;
  return { ...account, name, priority, weight, models, operatorState: state, revision };
}
