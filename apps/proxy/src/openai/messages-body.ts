import type { CallerOptions, Translated } from './caller-options.js';
import type { Conversation } from './conversation.js';
import { settingsOf } from './options-to-settings.js';

/** Claude has no JSON mode without a schema, and an answer begun for it is refused. */
export const JSON_INSTRUCTION = 'Answer with one JSON object and nothing else: no words around it, no code fence.';

/** What both endpoints know of a request once it is read. */
export interface ReadRequest {
  readonly conversation: Conversation;
  readonly options: CallerOptions;
  /** The answer has to be a JSON object of any shape. */
  readonly isJson: boolean;
  readonly isStream: boolean;
  /** What the request has and the endpoint does not know. */
  readonly ignored: readonly string[];
}

/** The body for the Messages API. */
export function translatedRequest({ conversation, options, isJson, isStream, ignored }: ReadRequest): Translated {
  const { model } = options;
  const { members, dropped } = settingsOf(options);
  return {
    body: {
      model: model.id,
      ...conversation.toMessages(isJson ? JSON_INSTRUCTION : undefined),
      ...members,
      ...(isStream ? { stream: true } : {}),
    },
    model,
    isStream,
    dropped: [...dropped, ...ignored],
  };
}
