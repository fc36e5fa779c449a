import type { JsonView } from '@claude-proxy/messages-api';

/** Depth of a tool result with a document of blocks. Bedrock itself checks deeper blocks. */
const MAX_DEPTH = 4;

/** All content blocks of a request's messages, including nested ones (tool results, document parts). */
export function* blocksOf(messages: JsonView | undefined): Generator<JsonView> {
  for (const message of objectsIn(messages)) yield* blocksIn(message.get('content'), MAX_DEPTH);
}

function* blocksIn(content: JsonView | undefined, depth: number): Generator<JsonView> {
  for (const block of objectsIn(content)) {
    yield block;
    if (depth === 1) continue;
    yield* blocksIn(block.get('content'), depth - 1);
    yield* blocksIn(block.get('source')?.get('content'), depth - 1);
  }
}

/** The entries of a list that are objects; empty for other values. */
export function objectsIn(list: JsonView | undefined): readonly JsonView[] {
  return list?.isArray ? list.items().filter((item) => item.isObject) : [];
}
