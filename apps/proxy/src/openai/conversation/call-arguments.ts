import { expectBoundedTree, JsonLimitError, outlineOfJson } from '@claude-proxy/messages-api';
import type { JsonObject } from '../json-object.js';
import { invalid } from '../refusals.js';

/** JSON that is written as it came: parsing and printing would change `1.0`, numbers beyond 2^53 and the order of keys. */
export class RawJson {
  constructor(readonly text: string) {}
}

const EMPTY = new RawJson('{}');
const NOTHING = /^\s*(?:null)?\s*$/;

/**
 * The arguments of a call as the input of a tool. Arguments that are not a JSON object were broken by the model or its
 * limit of tokens. Anthropic recommends to wrap them under this key, so that one broken call does not end a conversation.
 * Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
 */
export function inputOfCall(given: unknown, param: string): RawJson {
  if (given === undefined || given === null) return EMPTY;
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  if (NOTHING.test(text)) return EMPTY;
  return isObjectText(text, param) ? new RawJson(text.trim()) : wrapped('INVALID_JSON', text);
}

/** The input of a tool that takes one text. */
export function inputOfText(text: string): RawJson {
  return wrapped('input', text);
}

function wrapped(key: string, text: string): RawJson {
  return new RawJson(JSON.stringify({ [key]: text }));
}

function isObjectText(text: string, param: string): boolean {
  try {
    expectBoundedTree(outlineOfJson(Buffer.from(text)));
    return true;
  } catch (error) {
    if (error instanceof JsonLimitError) throw invalid(param, `${param} is too complex: ${error.message}.`);
    return false;
  }
}

/** A block of content as JSON, with the input of a call as it came. */
export function blockJson(block: JsonObject): string {
  const { input, ...others } = block;
  if (!(input instanceof RawJson)) return JSON.stringify(block);
  return `${JSON.stringify(others).slice(0, -1)},"input":${input.text}}`;
}
