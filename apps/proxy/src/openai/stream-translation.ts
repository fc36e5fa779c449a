import type { JsonObject } from './json-object.js';
import type { OpenAiError } from './openai-errors.js';

/** Turns one Messages stream into one stream of another form, event by event. */
export abstract class StreamTranslation {
  /** What goes out for one event; an empty text for nothing. After `message_stop` no more events come. */
  translate(eventName: string, data: JsonObject): string {
    switch (eventName) {
      case 'message_start':
        return this.start(data.message);
      case 'content_block_start':
        return this.openBlock(data.index, data.content_block);
      case 'content_block_delta':
        return this.delta(data.index, data.delta);
      case 'content_block_stop':
        return this.closeBlock(data.index);
      case 'message_delta':
        return this.note(data);
      case 'message_stop':
        return this.stop();
      default:
        return '';
    }
  }

  /** The last that goes out when the stream has broken. */
  abstract fail(error: OpenAiError): string;

  protected abstract start(message: unknown): string;
  protected abstract openBlock(block: unknown, content: unknown): string;
  protected abstract delta(block: unknown, delta: unknown): string;
  protected abstract closeBlock(block: unknown): string;
  protected abstract note(data: JsonObject): string;
  protected abstract stop(): string;
}
