import { isJsonObject, type JsonObject, textOf } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import { invalid, quoted } from '../refusals.js';
import type { ToolOption } from './read-tools.js';
import type { ToolNames } from './tool-names.js';

/** `named` carries the name that Claude knows. */
export type ToolChoiceOption =
  | { readonly kind: 'none' | 'auto' | 'required' }
  | { readonly kind: 'named'; readonly name: string };

export interface ToolsAndChoice {
  readonly tools: readonly ToolOption[];
  readonly toolChoice?: ToolChoiceOption | undefined;
}

/** Words for the same in OpenAI's and Anthropic's forms. */
const KINDS: Readonly<Record<string, 'none' | 'auto' | 'required'>> = {
  none: 'none',
  auto: 'auto',
  required: 'required',
  any: 'required',
};
const NAMING = new Set(['function', 'custom', 'tool']);

/** The tools that remain after the choice of the caller, and the choice. */
export function readToolChoice(
  choice: unknown,
  tools: readonly ToolOption[],
  names: ToolNames,
  leftOut: LeftOut,
): ToolsAndChoice {
  if (choice === undefined || choice === null) return { tools };
  if (typeof choice === 'string') return { tools, toolChoice: { kind: kindOf(choice) } };
  if (!isJsonObject(choice))
    throw invalid('tool_choice', 'tool_choice: expected a text or an object.', 'invalid_value');
  const type = textOf(choice.type);
  if (type === 'allowed_tools') return allowed(choice, tools, names);
  if (Object.hasOwn(KINDS, type)) return { tools, toolChoice: { kind: KINDS[type]! } };
  if (NAMING.has(type) || choice.name !== undefined) return { tools, toolChoice: named(choice, names) };
  // A tool that OpenAI runs itself.
  leftOut.add('tool_choice');
  return { tools };
}

/** `function_call`, the form before `tool_choice`. */
export function choiceOfLegacy(choice: unknown): unknown {
  return isJsonObject(choice) ? { ...choice, type: 'function' } : choice;
}

function kindOf(choice: string): 'none' | 'auto' | 'required' {
  if (Object.hasOwn(KINDS, choice)) return KINDS[choice]!;
  throw invalid(
    'tool_choice',
    `tool_choice must be none, auto, required or name a tool, not ${quoted(choice)}.`,
    'invalid_value',
  );
}

function allowed(choice: JsonObject, tools: readonly ToolOption[], names: ToolNames): ToolsAndChoice {
  const { mode, tools: list } = isJsonObject(choice.allowed_tools) ? choice.allowed_tools : choice;
  if (!Array.isArray(list) || !list.every(isJsonObject)) {
    throw invalid('tool_choice', 'tool_choice: expected a list of tools.', 'invalid_value');
  }
  const sent = new Set(list.map((tool) => sentName(tool, names)));
  return { tools: tools.filter(({ name }) => sent.has(name)), toolChoice: { kind: kindOf(textOf(mode) || 'auto') } };
}

function named(choice: JsonObject, names: ToolNames): ToolChoiceOption {
  const { name, namespace } = namesIn(choice);
  if (names.has(name, namespace)) return { kind: 'named', name: names.sentNameOf(name, namespace) };
  throw invalid('tool_choice', `tool_choice names ${quoted(name)}, which is not among the tools.`, 'invalid_value');
}

function sentName(tool: JsonObject, names: ToolNames): string {
  const { name, namespace } = namesIn(tool);
  return names.sentNameOf(name, namespace);
}

function namesIn(holder: JsonObject): { name: string; namespace?: string } {
  const inner = [holder.function, holder.custom].find(isJsonObject) ?? holder;
  const namespace = textOf(holder.namespace);
  return { name: textOf(inner.name), ...(namespace ? { namespace } : {}) };
}
