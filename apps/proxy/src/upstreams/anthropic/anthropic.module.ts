import { Module } from '@nestjs/common';
import { ConfigModule } from '../../config/config.module.js';
import { anthropicSection } from './anthropic.config.js';
import { AnthropicUpstream } from './anthropic.upstream.js';

/**
 * The Anthropic API as an upstream, of the same standing as anybody's.
 *
 * Promises: bytes leave and return unchanged; no retries of its own; a 200 whose first event is an error counts as a
 * failure. May enter: what the Anthropic API says and means (headers, limits, error codes). Must not: what to do about
 * it, which is the fallback room's.
 */
@Module({
  imports: [ConfigModule.forFeature(anthropicSection)],
  providers: [AnthropicUpstream],
  exports: [AnthropicUpstream],
})
export class AnthropicModule {}
