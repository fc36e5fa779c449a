import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../auth/admin.guard.js';
import { EFFECTIVE_SETTINGS } from '../config/config.module.js';

/** The settings in force, for the operator. */
@Controller('debug/env')
@UseGuards(AdminGuard)
export class DebugEnvController {
  constructor(@Inject(EFFECTIVE_SETTINGS) private readonly settings: Readonly<Record<string, string>>) {}

  @Get()
  show(): Readonly<Record<string, string>> {
    return this.settings;
  }
}
