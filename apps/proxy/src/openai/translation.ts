import { JsonLimitError, type JsonSyntaxError, parseBoundedJson } from '@claude-proxy/messages-api';
import type { JsonObject } from './json-object.js';
import { type Form, openAiToAnthropic, type TranslationOptions } from './openai-to-anthropic.js';
import { invalid } from './refusals.js';
import { type RepeatedRequest, repeatedOf } from './responses/repeated-request.js';
import type { GivenTools } from './tools/tool-names.js';

/** What remains of a request of another dialect once its body has been translated. Threads can hand it on. */
export interface TranslatedBytes {
  /** For the Messages API. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly model: string;
  readonly isStream: boolean;
  /** Named to the caller in `x-claude-proxy-dropped`. */
  readonly dropped: readonly string[];
  /** Chat: a last chunk holds the usage. */
  readonly includesUsage: boolean;
  /** Set where the caller has set no limit of tokens. */
  readonly maxTokensToReserve?: number | undefined;
  /** Betas that the body needs. */
  readonly betas: readonly string[];
  /** Tools whose calls are written in another form than a function. */
  readonly tools: GivenTools;
  /** Responses: what the answer repeats. */
  readonly repeated: RepeatedRequest;
}

/**
 * Checks and translates a body, in bounded time and memory whatever it holds.
 *
 * @throws GatewayError naming what is at fault or not supported
 */
export function translateBytes(form: Form, body: Buffer, options: TranslationOptions): TranslatedBytes {
  const { json, model, leftOut, request, ...translated } = openAiToAnthropic(form, membersOf(body), options);
  return {
    ...translated,
    // An array of its own can be handed to another thread; a Buffer may be a part of a pool.
    bytes: new TextEncoder().encode(json),
    model: model.id,
    dropped: leftOut,
    repeated: form === 'responses' ? repeatedOf(request) : {},
  };
}

function membersOf(body: Buffer): JsonObject {
  try {
    return parseBoundedJson(body);
  } catch (error) {
    if (error instanceof JsonLimitError) throw invalid(null, `The body is too complex: ${error.message}.`);
    // The place alone: whatever else a parser says quotes the body, and refusals are logged.
    throw invalid(null, `The body is not a JSON object: ${(error as JsonSyntaxError).message}.`);
  }
}
