import { ANALYTICS_RANGES, type Analytics } from '@claude-proxy/admin-api';
import { Get, Query } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { oneOf, parametersOf } from '../auth/query-parameters.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { CredentialStates } from '../exchange/credential-states.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { AnalyticsQuery } from './analytics.query.js';

/** Figures of a span of time, for the dashboard. */
@AdminController('api/analytics')
@OpenToThisMachine()
export class AnalyticsController {
  constructor(
    private readonly analytics: AnalyticsQuery,
    private readonly credentials: CredentialStates,
  ) {}

  @Get()
  async show(@Query() query: Record<string, unknown>): Promise<Analytics> {
    const parameters = parametersOf(query);
    const range = oneOf(parameters, 'range', ANALYTICS_RANGES) ?? '24h';
    const hasUsers = oneOf(parameters, 'by_user', ['true', 'false']) === 'true';
    const figures = await this.analytics.of(range, hasUsers).catch(storeUnavailable);
    return { ...figures, ...this.credentials.counts() };
  }
}
