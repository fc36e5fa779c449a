import { Global, Module } from '@nestjs/common';
import { CredentialStates } from './credential-states.js';
import { ExchangeFeed } from './exchange-feed.js';
import { OperatorCredentials } from './operator-credentials.js';
import { OperatorEvents } from './operator-events.js';
import { RequestTraces } from './request-traces.js';
import { UpstreamNames } from './upstream-names.js';

/**
 * What is known about one request, and one piece of news: it has finished.
 *
 * Promises: `ExchangeFeed.finish` notifies exactly once per exchange; listeners cannot throw back.
 * May enter: facts about a request. Must not: decisions, I/O, imports of rooms.
 */
@Global()
@Module({
  providers: [CredentialStates, ExchangeFeed, OperatorCredentials, OperatorEvents, RequestTraces, UpstreamNames],
  exports: [CredentialStates, ExchangeFeed, OperatorCredentials, OperatorEvents, RequestTraces, UpstreamNames],
})
export class ExchangeModule {}
