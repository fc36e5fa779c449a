import type { AccountChange, NewAccount } from '@claude-proxy/admin-api';
import { ConditionFailedError } from '@claude-proxy/storage';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type AuthConfig, authSection } from '../auth/auth.config.js';
import { apiKeyCredential } from '../auth/credential.reader.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { AccessChanges } from '../state/access-changes.js';
import { sealed } from '../state/sealed-text.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { type Account, accountIdOf, DEFAULT_PRIORITY, DEFAULT_WEIGHT } from './account.js';
import { AccountStore } from './account.store.js';
import { faultOfKey } from './account-keys.js';
import { AccountPool } from './account-pool.js';
import { AccountProbes, type ProbeResult } from './account-probes.js';
import { type AccountRecord, mergedAccounts, recordOf } from './account-record.js';
import { type AccountsConfig, accountsSection } from './accounts.config.js';
import { EncryptionKeyError, encryptionKeyOf, openEncryptionKeyFile } from './encryption-key.js';
import { environmentAccounts } from './environment-accounts.js';

/** After a store that did not answer. */
const LOAD_AGAIN_MS = 2_000;
const MAX_ATTEMPTS = 4;

/** The accounts of the environment and of the store, and the changes that operators make to them. */
@Injectable()
export class AccountRegister implements OnModuleDestroy {
  private readonly logger = new Logger('Accounts');
  private readonly environment: readonly Account[];
  private key: Buffer | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isEnded = false;
  private warned = '';

  constructor(
    private readonly pool: AccountPool,
    private readonly probes: AccountProbes,
    private readonly store: AccountStore,
    private readonly changes: AccessChanges,
    @Inject(accountsSection.token) private readonly config: AccountsConfig,
    @Inject(authSection.token) auth: AuthConfig,
    @Inject(stateSection.token) private readonly state: StateConfig,
  ) {
    this.environment = environmentAccounts(config, auth);
  }

  /** Resolves when the stored accounts are known, or the store has not answered. Never throws. */
  async start(): Promise<void> {
    const secret = this.config.encryptionKey?.reveal() ?? this.environment[0]?.credential.digest ?? 'pool';
    this.pool.start(this.environment, secret);
    this.pool.onOwners((owners) => this.store.noteOwners(owners));
    this.changes.watch('accounts', () => void this.load());
    await this.load();
  }

  onModuleDestroy(): void {
    this.isEnded = true;
    clearTimeout(this.timer);
  }

  /**
   * Checks the key once, and stores it encrypted.
   *
   * @throws GatewayError for a key that is refused or in the pool already, a name that is taken; StorageError
   */
  async add({ name, key, priority, weight, models }: NewAccount): Promise<Account> {
    const fault = faultOfKey(key);
    if (fault !== undefined) throw invalid(`The key cannot be used: ${fault}.`);
    const credential = apiKeyCredential(key);
    const account: Account = {
      id: accountIdOf(credential.digest),
      ...{ name, credential, priority: priority ?? DEFAULT_PRIORITY, weight: weight ?? DEFAULT_WEIGHT },
      ...{ models: models ?? [], operatorState: 'active', origin: 'stored' },
    };
    const same = this.pool.list.withId(account.id);
    if (same) throw conflict(`The key is in the pool already, as account "${same.name}".`);
    this.expectFreeName(name, account.id);
    const record = { ...recordOf(account), sealed: sealed(key, account.id, this.encryptionKey()) };
    await this.expectAccepted(account);
    await this.store.put(record, await this.store.find(account.id));
    await this.load();
    return account;
  }

  /** Reads what other tasks have written in the last seconds. Never throws. */
  async refresh(): Promise<void> {
    await this.load();
  }

  /** @throws GatewayError not_found_error, conflict_error; StorageError */
  async change(id: string, { state, models, if_revision, ...settings }: AccountChange): Promise<Account> {
    const account = this.accountOf(id);
    if (settings.name !== undefined) this.expectFreeName(settings.name, id);
    await this.rewrite(account, if_revision, (record) => ({
      ...record,
      ...given(settings),
      ...(state !== undefined && { state }),
      ...(models !== undefined && { models: [...(models ?? [])] }),
    }));
    // An operator who activates an account wants it to be tried.
    if (state === 'active') this.pool.reopen(account);
    await this.load();
    return this.accountOf(id);
  }

  /** @throws GatewayError not_found_error; conflict_error for an account of the environment; StorageError */
  async remove(id: string, ifRevision?: number): Promise<Account> {
    const account = this.accountOf(id);
    if (account.origin === 'environment') {
      throw conflict(
        `Account "${account.name}" comes from the environment. Remove its key there and restart, or pause the account.`,
      );
    }
    await this.store.remove(id, ifRevision).catch((error: unknown) => {
      throw error instanceof ConditionFailedError ? changedSince(account.name) : error;
    });
    await this.load();
    return account;
  }

  /** @throws GatewayError not_found_error */
  async probe(id: string): Promise<ProbeResult & { readonly account: Account }> {
    const account = this.accountOf(id);
    return { ...(await this.probes.probe(account)), account };
  }

  private async rewrite(
    account: Account,
    ifRevision: number | undefined,
    change: (record: AccountRecord) => AccountRecord,
  ): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const known = await this.store.find(account.id);
      if (ifRevision !== undefined && ifRevision !== (known?.revision ?? 0)) throw changedSince(account.name);
      try {
        return await this.store.put(change(known ?? recordOf(account)), known);
      } catch (error) {
        if (!(error instanceof ConditionFailedError) || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  private async expectAccepted(account: Account): Promise<void> {
    this.pool.list.stage(account);
    const { outcome, detail } = await this.probes.probe(account);
    if (outcome === 'refused') {
      this.pool.list.unstage(account);
      throw invalid(`The key was not added: ${detail}.`);
    }
  }

  private async load(): Promise<void> {
    try {
      const [records, owners] = await Promise.all([this.store.all(), this.store.owners()]);
      if (this.isEnded) return;
      const hasSealed = records.some((record) => record.sealed !== undefined);
      const { accounts, unreadable } = mergedAccounts(
        this.environment,
        records,
        hasSealed ? this.readKey() : undefined,
      );
      this.pool.replace(accounts, owners);
      this.warnOf(unreadable);
    } catch (error) {
      this.logger.warn(`the stored accounts cannot be read, and are tried again: ${String(error)}`);
      if (!this.isEnded) this.timer = setTimeout(() => void this.load(), LOAD_AGAIN_MS).unref();
    }
  }

  private warnOf(unreadable: readonly string[]): void {
    const names = unreadable.join(', ');
    if (names !== '' && names !== this.warned) {
      this.logger.error(`❌ accounts whose keys cannot be decrypted with this ENCRYPTION_KEY: ${names}`);
    }
    this.warned = names;
  }

  private readKey(): Buffer | undefined {
    try {
      return this.encryptionKey();
    } catch (error) {
      this.logger.error(`❌ ${(error as Error).message}`);
      return undefined;
    }
  }

  /** @throws GatewayError invalid_request_error, with what to do */
  private encryptionKey(): Buffer {
    const text = this.config.encryptionKey?.reveal();
    try {
      if (text !== undefined) this.key ??= encryptionKeyOf(text);
      else if (this.state.engine === 'embedded') this.key ??= openEncryptionKeyFile(this.state.dataDirectory);
    } catch (error) {
      if (error instanceof EncryptionKeyError) throw invalid(`${error.message}.`);
      throw error;
    }
    if (this.key) return this.key;
    throw invalid('Keys cannot be stored: set ENCRYPTION_KEY to the same text of at least 32 characters in all tasks.');
  }

  private accountOf(id: string): Account {
    const account = this.pool.list.withId(id);
    if (account) return account;
    throw new GatewayError({
      type: 'not_found_error',
      message: 'No account has this id. GET /api/accounts lists them.',
    });
  }

  private expectFreeName(name: string, id: string): void {
    const other = this.pool.list.all.find((account) => account.name === name && account.id !== id);
    if (other) throw conflict(`Another account has the name "${name}".`);
  }
}

/** A validated body has every member of its class, given or not. */
function given<Members extends object>(members: Members): Partial<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<Members>;
}

function invalid(message: string): GatewayError {
  return new GatewayError({ type: 'invalid_request_error', message });
}

function changedSince(name: string): GatewayError {
  return conflict(`Account "${name}" was changed by another operator in the meantime; nothing was written.`);
}

function conflict(message: string): GatewayError {
  return new GatewayError({ type: 'conflict_error', message, isWorthRetrying: false });
}
