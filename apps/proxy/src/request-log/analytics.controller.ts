import type { Analytics, AnalyticsParameters } from '@claude-proxy/admin-api';
import { Get, Query } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { parametersOf } from '../auth/query-parameters.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { CredentialStates } from '../exchange/credential-states.js';
import { UpstreamNames } from '../exchange/upstream-names.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { AnalyticsQuery } from './analytics.query.js';
import { figuresQuestionOf } from './figures-question.js';

/** Figures of a span of time, for the dashboard. */
@AdminController('api/analytics')
@OpenToThisMachine()
export class AnalyticsController {
  constructor(
    private readonly analytics: AnalyticsQuery,
    private readonly credentials: CredentialStates,
    private readonly upstreams: UpstreamNames,
  ) {}

  @Get()
  async show(@Query() query: AnalyticsParameters): Promise<Analytics> {
    const question = figuresQuestionOf(parametersOf(query), this.upstreams.all, Date.now());
    const figures = await this.analytics.of(question).catch(storeUnavailable);
    return { ...figures, ...this.credentials.counts() };
  }
}
