import { Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { RecordingModule } from '../recording/recording.module.js';
import { StateModule } from '../state/state.module.js';
import { AccountRegister } from './account.register.js';
import { AccountStore } from './account.store.js';
import { AccountFigures } from './account-figures.js';
import { AccountPool } from './account-pool.js';
import { AccountProbes } from './account-probes.js';
import { accountsSection } from './accounts.config.js';
import { AccountsController } from './accounts.controller.js';
import { DecisionsController } from './decisions.controller.js';
import { SharedEscapes } from './shared-escapes.js';

/**
 * The pool: the operator's API keys, for callers that bring no credential of their own.
 *
 * Promises: a session stays where its prompt cache is; a limit closes its owner (key, workspace, organization) and
 * nothing else; every choice is on record with its price; no request waits for the store. May enter: accounts, sessions,
 * limits of accounts. Must not: the words of an upstream's refusals, and the sending of requests.
 */
@Module({
  imports: [ConfigModule.forFeature(accountsSection), AuthModule, StateModule, RecordingModule],
  controllers: [AccountsController, DecisionsController],
  providers: [AccountFigures, AccountPool, AccountProbes, AccountRegister, AccountStore, SharedEscapes],
  exports: [AccountPool],
})
export class AccountsModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly pool: AccountPool,
    private readonly register: AccountRegister,
    private readonly escapes: SharedEscapes,
    private readonly probes: AccountProbes,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.register.start();
    await this.escapes.start();
  }

  onApplicationBootstrap(): void {
    const { all } = this.pool.list;
    // One account has nothing to be compared with.
    if (all.length > 1) this.probes.learnOwners(all.filter((account) => !this.pool.list.knowsOwnersOf(account)));
  }
}
