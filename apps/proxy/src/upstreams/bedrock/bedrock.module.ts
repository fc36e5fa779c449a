import { Module } from '@nestjs/common';
import { ConfigModule } from '../../config/config.module.js';
import { bedrockConfigProvider, bedrockSection } from './bedrock.config.js';
import { BedrockUpstream } from './bedrock.upstream.js';
import { BedrockRuntime } from './bedrock-runtime.js';

/**
 * Answers requests from AWS Bedrock that it can serve without changing their meaning.
 *
 * Promises: the caller gets Anthropic's format: events, errors, the model's name. A request that
 * Bedrock cannot serve is rejected before it is sent, and no request is sent again after the first byte of an answer.
 * May enter: differences between the Messages API and InvokeModel, as pure translations with their tables.
 * Must not enter: the decision to use Bedrock (it belongs to fallback), prices, and code for the Anthropic API.
 */
@Module({
  imports: [ConfigModule.forFeature(bedrockSection)],
  providers: [bedrockConfigProvider, BedrockRuntime, BedrockUpstream],
  exports: [BedrockUpstream],
})
export class BedrockModule {}
