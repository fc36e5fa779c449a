import { anthropicToOpenAi } from './chat/anthropic-to-chat.js';
import { ChatStream } from './chat/anthropic-to-chat-stream.js';
import type { JsonObject } from './json-object.js';
import { anthropicToResponses } from './responses/anthropic-to-responses.js';
import { ResponsesStream } from './responses/anthropic-to-responses-stream.js';
import type { StreamTranslation } from './stream-translation.js';
import type { Form, TranslatedBytes } from './translation.js';

/** The way back of one of OpenAI's forms. */
export interface AnswerTranslation {
  readonly dropped: readonly string[];
  /** A Message as an answer of that form. */
  answer(message: JsonObject): JsonObject;
  stream(): StreamTranslation;
}

export function translationOf(form: Form, { dropped, includesUsage, repeated }: TranslatedBytes): AnswerTranslation {
  if (form === 'chat') {
    return { dropped, answer: (message) => anthropicToOpenAi(message), stream: () => new ChatStream(includesUsage) };
  }
  return {
    dropped,
    answer: (message) => anthropicToResponses(message, repeated),
    stream: () => new ResponsesStream(repeated),
  };
}
