import type { ClaudeModel } from '@claude-proxy/claude-models';
import { JsonLimitError, type JsonSyntaxError, parseBoundedJson } from '@claude-proxy/messages-api';
import type { Translated } from './caller-options.js';
import { openAiToAnthropic } from './chat/chat-to-anthropic.js';
import type { JsonObject } from './json-object.js';
import { invalid } from './refusals.js';
import { type RepeatedRequest, repeatedOf } from './responses/anthropic-to-responses.js';
import { responsesToAnthropic } from './responses/responses-to-anthropic.js';

export type Form = 'chat' | 'responses';

/** What remains of a request of another dialect once its body has been translated. Threads can hand it on. */
export interface TranslatedBytes {
  /** For the Messages API. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly model: string;
  readonly isStream: boolean;
  /** Named to the caller in `x-claude-proxy-dropped`. */
  readonly dropped: readonly string[];
  /** Chat: a last chunk tells the usage. */
  readonly includesUsage: boolean;
  /** Responses: what the answer repeats. */
  readonly repeated: RepeatedRequest;
}

/**
 * Checks and translates a body, in bounded time and memory whatever it holds.
 *
 * @throws GatewayError naming what is at fault or not supported
 */
export function translateBytes(form: Form, body: Buffer, modelOf: (name: string) => ClaudeModel): TranslatedBytes {
  const members = membersOf(body);
  if (form === 'responses') {
    const { request, ...translated } = responsesToAnthropic(members, modelOf);
    return { ...bytesOf(translated), includesUsage: false, repeated: repeatedOf(request) };
  }
  const { includesUsage, ...translated } = openAiToAnthropic(members, modelOf);
  return { ...bytesOf(translated), includesUsage, repeated: {} };
}

function bytesOf({ body, model, isStream, dropped }: Translated) {
  // An array of its own can be handed to another thread; a Buffer may be a part of a pool.
  return { bytes: new TextEncoder().encode(JSON.stringify(body)), model: model.id, isStream, dropped };
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
