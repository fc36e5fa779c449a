import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsQuery } from './analytics.query.js';
import { LiveController } from './live.controller.js';
import { LiveFeed } from './live.feed.js';
import { RequestLogQuery } from './request-log.query.js';
import { RequestLogWriter } from './request-log.writer.js';
import { RequestsController } from './requests.controller.js';

/**
 * One line per exchange, and figures made from all of them.
 *
 * Promises: no prompt, no answer and no credential is kept; figures are added up when they arise, so that a month costs
 * a few queries and never a scan. May enter: what an operator asks about exchanges. Must not: money and tokens per
 * user, which `usage` counts.
 */
@Module({
  controllers: [RequestsController, AnalyticsController, LiveController],
  providers: [RequestLogWriter, RequestLogQuery, AnalyticsQuery, LiveFeed],
})
export class RequestLogModule {}
