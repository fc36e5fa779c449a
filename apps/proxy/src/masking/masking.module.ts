import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { StateModule } from '../state/state.module.js';
import { maskingSection } from './masking.config.js';
import { MaskingController } from './masking.controller.js';
import { MaskingFigures } from './masking.figures.js';
import { MaskingService } from './masking.service.js';
import { MaskingStep } from './masking.step.js';
import { RuleVersions } from './rule-versions.js';
import type { MaskVault } from './vault/mask-vault.js';
import { MASK_VAULT, vaultProvider } from './vault/open-vault.js';

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
  providers: [MaskingFigures, MaskingService, MaskingStep, RuleVersions, vaultProvider],
})
export class MaskingModule implements OnApplicationShutdown {
  constructor(@Inject(MASK_VAULT) private readonly vault: MaskVault | undefined) {}

  onApplicationShutdown(): void {
    this.vault?.close();
  }
}
