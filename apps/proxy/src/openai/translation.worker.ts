import { parentPort, workerData } from 'node:worker_threads';
import { GatewayError, type GatewayErrorOptions } from '../exchange/gateway-error.js';
import { modelNamed } from './models/model-table.js';
import { unknownModel } from './refusals.js';
import { type Form, type TranslatedBytes, translateBytes } from './translation.js';

export interface TranslationJob {
  readonly form: Form;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** An `Error` crosses threads without its own members. */
export type TranslationOutcome = { readonly translated: TranslatedBytes } | { readonly refusal: GatewayErrorOptions };

/** The operator's names for models. */
const aliases = new Map(Object.entries(workerData as Readonly<Record<string, string>>));

parentPort!.on('message', ({ form, body }: TranslationJob) => {
  const outcome = outcomeOf(form, Buffer.from(body.buffer));
  parentPort!.postMessage(outcome, 'translated' in outcome ? [outcome.translated.bytes.buffer] : []);
});

function outcomeOf(form: Form, body: Buffer): TranslationOutcome {
  try {
    return { translated: translateBytes(form, body, modelOf) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { type, message, status, details } = error;
    return { refusal: { type, message, status, ...(details ? { details } : {}) } };
  }
}

function modelOf(name: string) {
  const model = modelNamed(aliases.get(name) ?? name);
  if (!model) throw unknownModel(name, aliases.keys());
  return model;
}
