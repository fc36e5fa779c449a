import { isJsonObject, type JsonObject, objectsIn, textOf } from '../json-object.js';

/**
 * Thinking comes back unchanged or not at all: Claude refuses a changed block. So a whole block, signature included, goes
 * out as one text that clients return without reading it.
 */
const PREFIX = 'claude-thinking-1:';
const FORMAT = 'anthropic-claude-v1';

export function isThinking({ type }: JsonObject): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** `encrypted_content` of a reasoning item. */
export function packedThinking(block: JsonObject): string {
  return PREFIX + Buffer.from(JSON.stringify(block)).toString('base64url');
}

/** Undefined for the reasoning of another service. */
export function unpackedThinking(packed: unknown): JsonObject | undefined {
  if (typeof packed !== 'string' || !packed.startsWith(PREFIX)) return undefined;
  try {
    return signedThinking(JSON.parse(Buffer.from(packed.slice(PREFIX.length), 'base64url').toString()));
  } catch {
    return undefined;
  }
}

/** A thinking block with the members that Claude checks; undefined for thinking without a signature. */
export function signedThinking(block: unknown): JsonObject | undefined {
  if (!isJsonObject(block)) return undefined;
  const { type, thinking, signature, data } = block;
  if (type === 'thinking' && typeof signature === 'string' && signature !== '') {
    return { type, thinking: textOf(thinking), signature };
  }
  return type === 'redacted_thinking' && typeof data === 'string' ? { type, data } : undefined;
}

/** An entry of `reasoning_details`, as several clients of Chat Completions know it. */
export function reasoningDetail(block: JsonObject, index: number): JsonObject {
  if (block.type === 'redacted_thinking') {
    return { type: 'reasoning.encrypted', data: block.data, format: FORMAT, index };
  }
  return { type: 'reasoning.text', text: textOf(block.thinking), signature: block.signature, format: FORMAT, index };
}

/** Thinking in the entries of `reasoning_details`. Streams that a client joins may split one block over several entries. */
export function thinkingInDetails(details: unknown): JsonObject[] {
  const joined = new Map<unknown, JsonObject>();
  for (const [position, detail] of objectsIn(details).entries()) {
    const key = detail.index ?? position;
    const begun = joined.get(key) ?? {};
    if (detail.type === 'reasoning.encrypted') joined.set(key, { type: 'redacted_thinking', data: detail.data });
    else if (detail.type === 'reasoning.text') {
      const thinking = textOf(begun.thinking) + textOf(detail.text);
      joined.set(key, { type: 'thinking', thinking, signature: detail.signature ?? begun.signature });
    }
  }
  return [...joined.values()].map(signedThinking).filter((block) => block !== undefined);
}
