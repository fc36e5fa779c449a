import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { PricesModule } from '../prices/prices.module.js';
import { sessionsSection } from './sessions.config.js';
import { SessionsStep } from './sessions.step.js';

/**
 * Why the prompt caches of sessions break. The records of sessions are written by `request-log`.
 *
 * Promises: no text of a prompt is kept, in memory or in a table; a request is never changed, refused or delayed by more
 * than hashing it once; switched off, it is absent from the path. May enter: fingerprints of prompts.
 * Must not: the choice of an account, which `accounts` makes.
 */
@Module({
  imports: [ConfigModule.forFeature(sessionsSection), PricesModule],
  providers: [SessionsStep],
})
export class SessionsModule {}
