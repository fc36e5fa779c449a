import { Module } from '@nestjs/common';
import { ConfigModule } from '../../config/config.module.js';
import { bedrockConfigProvider, bedrockSection } from './bedrock.config.js';
import { BedrockUpstream } from './bedrock.upstream.js';
import { BedrockRuntime } from './bedrock-runtime.js';

/**
 * Answers from AWS Bedrock what it can answer without changing what a request means.
 *
 * Promises: the caller sees Anthropic's dialect, whatever AWS said: events, errors, the model's name. A request that
 * Bedrock cannot serve is turned down before it is sent, and nothing is sent twice once a byte has come back.
 * May enter: what differs between the Messages API and InvokeModel, as pure translations with their tables.
 * Must not enter: when Bedrock is asked (that is the fallback's), prices, and anything that Anthropic's side needs.
 */
@Module({
  imports: [ConfigModule.forFeature(bedrockSection)],
  providers: [bedrockConfigProvider, BedrockRuntime, BedrockUpstream],
  exports: [BedrockUpstream],
})
export class BedrockModule {}
