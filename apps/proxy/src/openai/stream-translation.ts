import type { JsonObject } from './json-object.js';
import type { OpenAiError } from './openai-errors.js';

/** Turns one Messages stream into one stream of another form, event by event. */
export interface StreamTranslation {
  /** What goes out for one event; an empty text for nothing. After `message_stop` nothing more is asked. */
  translate(eventName: string, data: JsonObject): string;
  /** The last that goes out when the stream has broken. */
  fail(error: OpenAiError): string;
}
