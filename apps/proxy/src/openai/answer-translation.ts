import { anthropicToOpenAi } from './anthropic-to-openai.js';
import { ChatStream } from './anthropic-to-openai-stream.js';
import { anthropicToResponses } from './anthropic-to-responses.js';
import { ResponsesStream } from './anthropic-to-responses-stream.js';
import type { JsonObject } from './json-object.js';
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
