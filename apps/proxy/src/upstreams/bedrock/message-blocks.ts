import { isObject, type JsonObject } from './json-objects.js';

/** All content blocks of a request's messages, nested ones (tool results, document parts) included. */
export function* blocksOf(messages: unknown): Generator<JsonObject> {
  if (!Array.isArray(messages)) return;
  for (const message of messages) {
    if (isObject(message)) yield* blocksIn(message.content);
  }
}

function* blocksIn(content: unknown): Generator<JsonObject> {
  if (!Array.isArray(content)) return;
  for (const block of content) {
    if (!isObject(block)) continue;
    yield block;
    yield* blocksIn(block.content);
    if (isObject(block.source)) yield* blocksIn(block.source.content);
  }
}

/** The entries of a list that are objects; none where it is no list. */
export function objectsIn(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
