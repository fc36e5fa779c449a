import { TableStore } from '@claude-proxy/storage';
import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { accessTable } from '../state/access.table.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { StateModule } from '../state/state.module.js';
import { type MaskingConfig, maskingSection } from './masking.config.js';
import { MaskingController } from './masking.controller.js';
import { MaskingFigures } from './masking.figures.js';
import { MaskingService } from './masking.service.js';
import { MaskingStep } from './masking.step.js';
import { MASK_VAULT, type MaskVault } from './vault/mask-vault.js';
import { MemoryVault } from './vault/memory.vault.js';
import { TableVault } from './vault/table.vault.js';

const vaultProvider = {
  provide: MASK_VAULT,
  inject: [maskingSection.token, stateSection.token, TableStore, MaskingService],
  useFactory: (
    { vault }: MaskingConfig,
    { accessTable: name }: StateConfig,
    store: TableStore,
    masking: MaskingService,
  ): MaskVault | undefined => {
    if (vault === 'memory') return new MemoryVault();
    if (vault === 'none') return undefined;
    return new TableVault(store.table(accessTable(name)), (tenant) => masking.keyOf(tenant, 'vault'));
  },
};

/**
 * Keeps AWS identifiers from leaving.
 *
 * Promises: an upstream gets placeholders, the client gets originals, and masking what the client got gives what the model
 * said; what cannot be masked does not leave. May enter: rules, vaults, refusals. Must not: which upstream answers; texts in
 * logs, records or figures.
 */
@Module({
  imports: [AuthModule, ConfigModule.forFeature(maskingSection), StateModule],
  controllers: [MaskingController],
  providers: [MaskingFigures, MaskingService, MaskingStep, vaultProvider],
})
export class MaskingModule {}
