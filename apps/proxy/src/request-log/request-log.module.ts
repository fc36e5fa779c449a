import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { ConfigModule } from '../config/config.module.js';
import { RecordingModule } from '../recording/recording.module.js';
import { StateModule } from '../state/state.module.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsQuery } from './analytics.query.js';
import { InFlightController } from './in-flight.controller.js';
import { LiveController } from './live.controller.js';
import { LiveFeed } from './live.feed.js';
import { LongRequests } from './long-requests.js';
import { MoneyController } from './money.controller.js';
import { MoneyQuery } from './money.query.js';
import { OtherTasksFeed } from './other-tasks.feed.js';
import { requestLogSection } from './request-log.config.js';
import { RequestLogQuery } from './request-log.query.js';
import { RequestLogWriter } from './request-log.writer.js';
import { RequestsController } from './requests.controller.js';
import { requestsRoomTable } from './requests.table.js';
import { SessionWriter } from './session.writer.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsQuery } from './sessions.query.js';

/**
 * One line per exchange, and figures of all exchanges.
 *
 * Promises: no prompt, no answer and no credential is stored; figures are added up when exchanges end, so that a month
 * needs a few queries and no scan. May enter: questions of operators about exchanges. Must not: money and tokens per
 * user, which `usage` counts.
 */
@Module({
  imports: [
    ConfigModule.forFeature(requestLogSection),
    StateModule.forFeature(requestsRoomTable),
    RecordingModule,
    AuthModule,
  ],
  controllers: [
    InFlightController,
    RequestsController,
    SessionsController,
    AnalyticsController,
    MoneyController,
    LiveController,
  ],
  providers: [
    SessionWriter,
    SessionsQuery,
    RequestLogWriter,
    RequestLogQuery,
    AnalyticsQuery,
    MoneyQuery,
    LiveFeed,
    LongRequests,
    OtherTasksFeed,
  ],
  exports: [AnalyticsQuery],
})
export class RequestLogModule {}
