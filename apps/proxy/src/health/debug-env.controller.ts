import { Get, Inject } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenTo } from '../auth/principal.js';
import { EFFECTIVE_SETTINGS } from '../config/config.module.js';

/** The settings in force, for the operator. */
@AdminController('debug/env')
export class DebugEnvController {
  constructor(@Inject(EFFECTIVE_SETTINGS) private readonly settings: Readonly<Record<string, string>>) {}

  @Get()
  @OpenTo('admin')
  show(): Readonly<Record<string, string>> {
    return this.settings;
  }
}
