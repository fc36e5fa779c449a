import { anthropicToOpenAi } from './chat/anthropic-to-chat.js';
import { ChatStream } from './chat/anthropic-to-chat-stream.js';
import type { JsonObject } from './json-object.js';
import type { Form } from './openai-to-anthropic.js';
import { anthropicToResponses } from './responses/anthropic-to-responses.js';
import { ResponsesStream } from './responses/anthropic-to-responses-stream.js';
import type { StreamTranslation } from './stream-translation.js';
import type { TranslatedBytes } from './translation.js';

/** The way back of one of OpenAI's forms. */
export interface AnswerTranslation {
  readonly dropped: readonly string[];
  /** A Message as an answer of that form. */
  answer(message: JsonObject): JsonObject;
  stream(): StreamTranslation;
}

export function translationOf(form: Form, translated: TranslatedBytes): AnswerTranslation {
  const { dropped, includesUsage, repeated, tools } = translated;
  if (form === 'chat') {
    return {
      dropped,
      answer: (message) => anthropicToOpenAi(message, tools),
      stream: () => new ChatStream(includesUsage, tools),
    };
  }
  return {
    dropped,
    answer: (message) => anthropicToResponses(message, repeated, tools),
    stream: () => new ResponsesStream(repeated, tools),
  };
}
