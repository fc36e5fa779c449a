import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { Logger } from 'pino';
import { AccountsModule } from './accounts/accounts.module.js';
import { AdmissionModule } from './admission/admission.module.js';
import { ForeignPageGuard } from './admission/foreign-page.guard.js';
import { ThrottleGuard } from './admission/throttle.guard.js';
import { AuthModule } from './auth/auth.module.js';
import { CallerGuard } from './auth/caller.guard.js';
import { awsSection } from './config/aws.config.js';
import { ConfigModule } from './config/config.module.js';
import { type AnyModule, sectionsIn } from './config/declarations.js';
import { modelsSection } from './config/models.config.js';
import type { Environment, GatewayConfig } from './config/read-config.js';
import { serverSection } from './config/server.config.js';
import { ExchangeModule } from './exchange/exchange.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { MaskingModule } from './masking/masking.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { OpenAiModule } from './openai/openai.module.js';
import { RecordingModule } from './recording/recording.module.js';
import { RequestLogModule } from './request-log/request-log.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { StateModule } from './state/state.module.js';
import { UiModule } from './ui/ui.module.js';
import { AnthropicModule } from './upstreams/anthropic/anthropic.module.js';
import { BedrockModule } from './upstreams/bedrock/bedrock.module.js';

/** In the order in which a request meets them: which page sends it, who calls, how often. */
const GUARDS = [ForeignPageGuard, CallerGuard, ThrottleGuard];

/** The rooms, in the order in which a request meets them. A new room is added here, and nowhere else. */
export const ROOMS: readonly AnyModule[] = [
  ConfigModule.forFeature(serverSection),
  ConfigModule.forFeature(modelsSection),
  ConfigModule.forFeature(awsSection),
  ExchangeModule,
  StateModule,
  RecordingModule,
  AuthModule,
  AccountsModule,
  AdmissionModule,
  HttpModule,
  MaskingModule,
  SessionsModule,
  MessagesModule,
  OpenAiModule,
  AnthropicModule,
  BedrockModule,
  RequestLogModule,
  HealthModule,
  UiModule,
  ObservabilityModule,
];

@Module({})
export class AppModule {
  /** @param guests modules of a team, beside ours */
  static forRoot(
    config: GatewayConfig,
    environment: Environment,
    logger: Logger,
    guests: readonly AnyModule[],
  ): DynamicModule {
    const rooms = ROOMS.map((room) => (room === ObservabilityModule ? ObservabilityModule.forRoot(logger) : room));
    return {
      module: AppModule,
      imports: [ConfigModule.forRoot(config, environment, sectionsIn([...ROOMS, ...guests])), ...rooms, ...guests],
      providers: GUARDS.map((guard) => ({ provide: APP_GUARD, useExisting: guard })),
    };
  }
}
