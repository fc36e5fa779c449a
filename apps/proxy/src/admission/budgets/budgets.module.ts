import { Module } from '@nestjs/common';
import { AuthModule } from '../../auth/auth.module.js';
import { ConfigModule } from '../../config/config.module.js';
import { PricesModule } from '../../prices/prices.module.js';
import { RecordingModule } from '../../recording/recording.module.js';
import { StateModule } from '../../state/state.module.js';
import { BudgetLedger } from './budget.ledger.js';
import { BudgetReport } from './budget.report.js';
import { BudgetSettlements } from './budget.settlements.js';
import { BudgetStep } from './budget.step.js';
import { BudgetStore } from './budget.store.js';
import { BudgetWarnings } from './budget.warnings.js';
import { budgetsSection } from './budgets.config.js';
import { BudgetsController } from './budgets.controller.js';

/**
 * What callers may spend.
 *
 * Promises: all tasks together never reserve more than a cap; a caller below its cap is never refused; each answer counts
 * once, with the price that usage shows. May enter: caps, reservations, refusals. Must not: the content of requests.
 */
@Module({
  imports: [ConfigModule.forFeature(budgetsSection), StateModule, RecordingModule, AuthModule, PricesModule],
  controllers: [BudgetsController],
  providers: [BudgetLedger, BudgetReport, BudgetSettlements, BudgetStep, BudgetStore, BudgetWarnings],
  exports: [BudgetReport, BudgetWarnings],
})
export class BudgetsModule {}
