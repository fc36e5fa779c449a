import type { JsonObject } from '../json-object.js';

/** What one side said, in the form of Anthropic. */
export interface Turn {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: JsonObject[];
}

export function textBlock(text: string): JsonObject {
  return { type: 'text', text };
}

function isBlank({ type, text }: JsonObject): boolean {
  return type === 'text' && (typeof text !== 'string' || text.trim() === '');
}

/** Without blank texts, which Claude refuses. A breakpoint on one moves to the block before it. */
export function withoutBlanks(blocks: readonly JsonObject[]): JsonObject[] {
  const kept: JsonObject[] = [];
  for (const block of blocks) {
    if (!isBlank(block)) kept.push(block);
    else if (block.cache_control && kept.length > 0) {
      kept[kept.length - 1] = { ...kept.at(-1), cache_control: block.cache_control };
    }
  }
  return kept;
}
