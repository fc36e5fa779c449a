import { RawJson } from '../conversation/call-arguments.js';
import type { JsonObject } from '../json-object.js';
import { textOf } from '../json-object.js';
import type { GivenTool, GivenTools } from './tool-names.js';

/** The tool that a call of Claude is for, in the caller's words. */
export function calledTool(block: JsonObject, tools: GivenTools): GivenTool {
  const name = textOf(block.name);
  return Object.hasOwn(tools, name) ? tools[name]! : { name, kind: 'function' };
}

/** The arguments of a call as Claude wrote them. */
export function argumentsOf({ input }: JsonObject): string {
  return input instanceof RawJson ? input.text : JSON.stringify(input ?? {});
}
