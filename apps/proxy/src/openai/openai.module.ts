import { ClaudeModels } from '@claude-proxy/claude-models';
import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { HttpModule } from '../http/http.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { ModelCatalog } from './models/model.catalog.js';
import { ModelsController } from './models/models.controller.js';
import { type OpenAiConfig, openAiSection } from './openai.config.js';
import { OpenAiController } from './openai.controller.js';
import { OpenAiService } from './openai.service.js';
import { OpenAiErrorFilter } from './openai-error.filter.js';
import { TranslationThreads } from './translation.threads.js';
import { Translator } from './translator.js';

const modelCatalogProvider = {
  provide: ModelCatalog,
  inject: [ClaudeModels, openAiSection.token],
  useFactory: (models: ClaudeModels, { modelAliases }: OpenAiConfig) => new ModelCatalog(models, modelAliases),
};

/**
 * The HTTP edge of OpenAI's dialect: chat completions, responses, models.
 *
 * Promises: what is asked here is served like any other request; what cannot be said in Anthropic's dialect is refused
 * by name or named as dropped, never guessed; streams are translated event by event. May enter: translations, both
 * ways, as pure files. Must not: which upstream answers. No room may import it.
 */
@Module({
  imports: [ConfigModule.forFeature(openAiSection), HttpModule, MessagesModule],
  controllers: [OpenAiController, ModelsController],
  providers: [OpenAiService, modelCatalogProvider, Translator, TranslationThreads, OpenAiErrorFilter],
})
export class OpenAiModule {}
