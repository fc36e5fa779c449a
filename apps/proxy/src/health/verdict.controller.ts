import type { Verdict } from '@claude-proxy/admin-api';
import { Get } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { VerdictQuery } from './verdict.query.js';

/** How the gateway is, in one sentence. */
@AdminController('api/verdict')
@OpenToThisMachine()
export class VerdictController {
  constructor(private readonly verdict: VerdictQuery) {}

  @Get()
  now(): Promise<Verdict> {
    return this.verdict.now();
  }
}
