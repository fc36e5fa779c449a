import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { PricesModule } from '../prices/prices.module.js';
import { RecordingModule } from '../recording/recording.module.js';
import { StateModule } from '../state/state.module.js';
import { PricesController } from './prices.controller.js';
import { usageSection } from './usage.config.js';
import { UsageController } from './usage.controller.js';
import { UsageQuery } from './usage.query.js';
import { usageRoomTable } from './usage.table.js';
import { UsageWriter } from './usage.writer.js';
import { UsersController } from './users.controller.js';

/**
 * Tokens and money per user and day.
 *
 * Promises: every answer is counted once, by its own usage report; counting never slows or breaks an answer; an unknown
 * price is null, never 0. May enter: reading counts, adding up. Must not: the text of prompts and
 * answers.
 */
@Module({
  imports: [
    ConfigModule.forFeature(usageSection),
    StateModule.forFeature(usageRoomTable),
    RecordingModule,
    AuthModule,
    PricesModule,
  ],
  controllers: [UsageController, UsersController, PricesController],
  providers: [UsageWriter, UsageQuery],
})
export class UsageModule {}
