import { ANALYTICS_RANGES, type Analytics, type AnalyticsRange } from '@claude-proxy/admin-api';
import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { AdminGuard } from '../auth/admin.guard.js';
import { CredentialStates } from '../exchange/credential-states.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { AnalyticsQuery } from './analytics.query.js';
import { storeUnavailable } from './store-unavailable.js';

/** Figures of a span of time, for the dashboard. */
@Controller('api/analytics')
@UseGuards(AdminGuard)
export class AnalyticsController {
  constructor(
    private readonly analytics: AnalyticsQuery,
    private readonly credentials: CredentialStates,
  ) {}

  @Get()
  async show(@Query('range') range = '24h'): Promise<Analytics> {
    if (!isRange(range)) {
      const allowed = ANALYTICS_RANGES.join(', ');
      throw new GatewayError({
        type: 'invalid_request_error',
        message: `range is ${JSON.stringify(range.slice(0, 60))}; allowed: ${allowed}.`,
      });
    }
    const figures = await this.analytics.of(range).catch(storeUnavailable);
    return { ...figures, ...this.credentials.counts() };
  }
}

function isRange(text: string): text is AnalyticsRange {
  return (ANALYTICS_RANGES as readonly string[]).includes(text);
}
