import { Inject, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { type AuthConfig, authSection } from '../auth/auth.config.js';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { AccountPool } from './account-pool.js';
import { AccountProbes } from './account-probes.js';
import { type AccountsConfig, accountsSection } from './accounts.config.js';
import { environmentAccounts } from './environment-accounts.js';

/**
 * The pool: the operator's API keys, for callers that bring no credential of their own.
 *
 * Promises: a session stays where its prompt cache is; a limit closes its owner (key, workspace, organization) and
 * nothing else; every choice is on record with its price. May enter: accounts, sessions, limits of accounts. Must not:
 * the words of an upstream's refusals, and the sending of requests.
 */
@Module({
  imports: [ConfigModule.forFeature(accountsSection), AuthModule],
  providers: [AccountPool, AccountProbes],
})
export class AccountsModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly pool: AccountPool,
    private readonly probes: AccountProbes,
    @Inject(accountsSection.token) private readonly config: AccountsConfig,
    @Inject(authSection.token) private readonly auth: AuthConfig,
  ) {}

  onModuleInit(): void {
    const accounts = environmentAccounts(this.config, this.auth);
    this.pool.start(accounts, accounts[0]?.credential.digest ?? '');
  }

  onApplicationBootstrap(): void {
    const { all } = this.pool.list;
    // One account has nothing to be compared with.
    if (all.length > 1) this.probes.learnOwners(all);
  }
}
