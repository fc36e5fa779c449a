import { breakpointOf } from '../conversation/breakpoints.js';
import { listAt, objectAt, optionalTextAt, textAt } from '../expect-shape.js';
import { isJsonObject, type JsonObject, textOf } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import { invalid } from '../refusals.js';
import type { GivenTool, ToolNames } from './tool-names.js';

/** A tool for Claude. */
export interface ToolOption {
  /** Where the caller has defined it. */
  readonly param: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly parameters?: JsonObject | undefined;
  readonly isStrict: boolean;
  readonly breakpoint?: JsonObject | undefined;
}

interface Definition {
  readonly given: GivenTool;
  readonly description: string | undefined;
  readonly parameters?: JsonObject | undefined;
  readonly isStrict?: boolean;
}

/** The name of the one parameter that a custom tool has for Claude. */
export const CUSTOM_INPUT = 'input';
const MAX_GRAMMAR_CHARACTERS = 8_000;

interface Reading {
  readonly names: ToolNames;
  readonly leftOut: LeftOut;
}

/** The tools that Claude can call. Tools that OpenAI runs itself are left out. */
export function readTools(given: unknown, reading: Reading): ToolOption[] {
  if (given === undefined || given === null) return [];
  return listAt(given, 'tools').flatMap((value, index) => {
    const param = `tools[${index}]`;
    const tool = objectAt(value, param);
    return tool.type === 'namespace' ? groupOf(tool, param, reading) : toolOf(tool, param, reading);
  });
}

/** `functions`, the form before `tools`. */
export function readLegacyFunctions(given: unknown, reading: Reading): ToolOption[] {
  if (given === undefined || given === null) return [];
  return listAt(given, 'functions').flatMap((value, index) => {
    const param = `functions[${index}]`;
    return added(functionOf(objectAt(value, param), param, { kind: 'legacy' }), {}, param, reading);
  });
}

function toolOf(tool: JsonObject, param: string, reading: Reading, namespace?: string): ToolOption[] {
  const definition = definitionOf(tool, param, namespace);
  if (definition) return added(definition, tool, param, reading);
  reading.leftOut.add(param, textOf(tool.type));
  return [];
}

/** Undefined for a tool that OpenAI runs itself. */
function definitionOf(tool: JsonObject, param: string, namespace?: string): Definition | undefined {
  const group = namespace === undefined ? {} : { namespace };
  // Anthropic's own form has no type, or the type "custom".
  if (isJsonObject(tool.input_schema)) {
    return functionOf({ ...tool, parameters: tool.input_schema }, param, { kind: 'function', ...group });
  }
  if (tool.type === 'custom') {
    const custom = isJsonObject(tool.custom) ? tool.custom : tool;
    return customOf(custom, isJsonObject(tool.custom) ? `${param}.custom` : param, group);
  }
  if (tool.type !== 'function' && tool.type !== undefined) return undefined;
  if (isJsonObject(tool.function))
    return functionOf(tool.function, `${param}.function`, { kind: 'function', ...group });
  return functionOf(tool, param, { kind: 'function', ...group });
}

function functionOf(tool: JsonObject, param: string, given: Omit<GivenTool, 'name'>): Definition {
  const { parameters, strict } = tool;
  if (parameters !== undefined && parameters !== null && !isJsonObject(parameters)) {
    throw invalid(`${param}.parameters`, `${param}.parameters: expected object.`, 'invalid_value');
  }
  return {
    given: { name: textAt(tool, 'name', param), ...given },
    description: optionalTextAt(tool, 'description', param),
    parameters: parameters ?? undefined,
    isStrict: strict === true,
  };
}

/** A tool that takes a text of any form: for Claude a tool with one parameter. */
function customOf(tool: JsonObject, param: string, group: { namespace?: string }): Definition {
  const description = optionalTextAt(tool, 'description', param);
  const grammar = grammarOf(tool.format);
  return {
    given: { name: textAt(tool, 'name', param), kind: 'custom', ...group },
    description: [description, grammar].filter(Boolean).join('\n\n') || undefined,
    parameters: {
      type: 'object',
      properties: { [CUSTOM_INPUT]: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
      required: [CUSTOM_INPUT],
    },
  };
}

/** Claude has no grammars; it reads them as a description. */
function grammarOf(format: unknown): string {
  if (!isJsonObject(format)) return '';
  const { syntax, definition } = isJsonObject(format.grammar) ? format.grammar : format;
  if (typeof definition !== 'string') return '';
  return `The input follows this ${String(syntax)} grammar:\n${definition.slice(0, MAX_GRAMMAR_CHARACTERS)}`;
}

function groupOf(group: JsonObject, param: string, reading: Reading): ToolOption[] {
  const name = textAt(group, 'name', param);
  const tools = listAt(group.tools ?? [], `${param}.tools`).flatMap((value, index) => {
    const place = `${param}.tools[${index}]`;
    return toolOf(objectAt(value, place), place, reading, name);
  });
  const about = optionalTextAt(group, 'description', param);
  const [first, ...others] = tools;
  if (!about || !first) return tools;
  const described = [`One of the tools of ${name}: ${about}`, first.description].filter(Boolean).join('\n\n');
  return [{ ...first, description: described }, ...others];
}

function added(definition: Definition, holder: JsonObject, param: string, { names, leftOut }: Reading): ToolOption[] {
  const { given, description, parameters, isStrict = false } = definition;
  const name = names.add(given);
  if (name === undefined) {
    leftOut.add(param);
    return [];
  }
  const inner = isJsonObject(holder.function) ? holder.function : {};
  const breakpoint = breakpointOf(holder) ?? breakpointOf(inner);
  return [{ param, name, description, parameters, isStrict, breakpoint }];
}
