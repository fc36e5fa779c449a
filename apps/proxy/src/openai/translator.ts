import { Inject, Injectable } from '@nestjs/common';
import { ModelCatalog } from './models/model.catalog.js';
import { type OpenAiConfig, openAiSection } from './openai.config.js';
import type { Form } from './openai-to-anthropic.js';
import { type TranslatedBytes, translateBytes } from './translation.js';
import { TranslationThreads, type Work } from './translation.threads.js';

/** Smaller bodies take at most 100 ms here; a thread would cost each of them a millisecond. */
const MAX_BYTES_HERE = 512 * 1024;

/** Translates a body so that it holds the event loop for a moment at most. */
@Injectable()
export class Translator {
  constructor(
    private readonly catalog: ModelCatalog,
    private readonly threads: TranslationThreads,
    @Inject(openAiSection.token) private readonly config: OpenAiConfig,
  ) {}

  /** Gives large bodies away: `body` is empty afterwards. @throws GatewayError as `translateBytes` and `begin` do */
  async translate(form: Form, body: Buffer, work: Work): Promise<TranslatedBytes> {
    if (body.length > MAX_BYTES_HERE) return this.threads.translate(form, body, work);
    work.begin();
    return translateBytes(form, body, { modelOf: this.catalog.modelOf, hasAutoCache: this.config.hasAutoCache });
  }
}
