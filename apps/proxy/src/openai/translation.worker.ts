import { parentPort, workerData } from 'node:worker_threads';
import { type ClaudeModel, ClaudeModels } from '@claude-proxy/claude-models';
import { GatewayError, type GatewayErrorOptions } from '../exchange/gateway-error.js';
import { ModelCatalog } from './models/model.catalog.js';
import type { Form } from './openai-to-anthropic.js';
import { type TranslatedBytes, translateBytes } from './translation.js';

export interface TranslationJob {
  readonly form: Form;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** An `Error` crosses threads without its own members. */
export type TranslationOutcome = { readonly translated: TranslatedBytes } | { readonly refusal: GatewayErrorOptions };

/** What the operator has configured; a thread shares no memory with the gateway. */
export interface TranslationSettings {
  readonly models: readonly ClaudeModel[];
  readonly aliases: Readonly<Record<string, string>>;
  readonly hasAutoCache: boolean;
}

const { models, aliases, hasAutoCache } = workerData as TranslationSettings;
const catalog = new ModelCatalog(new ClaudeModels(models), aliases);

parentPort!.on('message', ({ form, body }: TranslationJob) => {
  const outcome = outcomeOf(form, Buffer.from(body.buffer));
  parentPort!.postMessage(outcome, 'translated' in outcome ? [outcome.translated.bytes.buffer] : []);
});

function outcomeOf(form: Form, body: Buffer): TranslationOutcome {
  try {
    return { translated: translateBytes(form, body, { modelOf: catalog.modelOf, hasAutoCache }) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { type, message, status, details } = error;
    return { refusal: { type, message, status, ...(details ? { details } : {}) } };
  }
}
