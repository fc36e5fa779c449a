import type { EffectiveSection, KnownModel, SettingsReport } from '@claude-proxy/admin-api';
import { type ClaudeModel, ClaudeModels } from '@claude-proxy/claude-models';
import { Get, Inject } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo } from '../auth/principal.js';
import { EFFECTIVE_SECTIONS } from '../config/config.module.js';
import { VERSION } from '../config/version.js';

/** The settings in force with their sources, and the models that the gateway knows. */
@AdminController('api/settings')
export class SettingsController {
  private readonly startedAtMs = Date.now() - Math.round(process.uptime() * 1_000);

  constructor(
    @Inject(EFFECTIVE_SECTIONS) private readonly sections: readonly EffectiveSection[],
    private readonly models: ClaudeModels,
  ) {}

  @Get()
  @OpenTo('admin')
  show(): SettingsReport {
    return {
      version: VERSION,
      node_version: process.version,
      started_at: this.startedAtMs,
      working_directory: process.cwd(),
      sections: this.sections,
      models: this.models.rows.map(knownModelOf),
    };
  }
}

function knownModelOf({ id, displayName, released, retires, successor, bedrock, prices }: ClaudeModel): KnownModel {
  return {
    model: id,
    name: displayName,
    released,
    retires: retires ?? null,
    successor: successor ?? null,
    is_on_bedrock: bedrock !== undefined,
    is_priced: prices !== undefined,
  };
}
