import { Module } from '@nestjs/common';
import { ConfigModule } from '../../config/config.module.js';
import { anthropicSection } from './anthropic.config.js';
import { AnthropicUpstream } from './anthropic.upstream.js';

/**
 * The Anthropic API as an upstream, with the same interface as all others.
 *
 * Promises: bytes leave and return unchanged; no retries of its own; a 200 whose first event is an error counts as a
 * failure. May enter: the meaning of the API's answers (headers, limits, error codes). Must not: the reaction to
 * them, which belongs to the fallback room.
 */
@Module({
  imports: [ConfigModule.forFeature(anthropicSection)],
  providers: [AnthropicUpstream],
  exports: [AnthropicUpstream],
})
export class AnthropicModule {}
