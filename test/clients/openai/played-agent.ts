import { join } from 'node:path';
import { answer, type Behaviour, type RecordedRequest, type ToolUse } from '@claude-proxy/simulator';

/** A file of the workspace that the client reads, what it runs, what it writes, and what it says in the end. */
export const TASK = {
  prompt: 'Read notes.txt, run the command, and write answer.txt.',
  notes: { name: 'notes.txt', text: 'The number is 4217.\n' },
  command: 'echo ran-4217',
  ran: 'ran-4217',
  answer: { name: 'answer.txt', text: 'It is 4217.\n' },
  farewell: 'Played to the end: 4217.',
} as const;

type Json = Readonly<Record<string, unknown>>;

interface OfferedTool {
  readonly name: string;
  readonly input_schema: {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
}

/** What a tool of any agent is called for. */
interface Use {
  readonly names: RegExp;
  readonly path?: string;
  readonly content?: string;
  readonly command?: string;
}

const READ = /^(?:read|read_?file|read_?files|view)$/i;
const WRITE = /^(?:write|write_?file|write_to_file|create_(?:new_)?file|editor)$/i;
const RUN =
  /^(?:bash|shell|exec_command|run_?shell_?command|run_?terminal_?command|execute_command|run_commands?|run)$/i;

/**
 * A model that plays one task with the tools of whichever agent asks it: two calls at once, a file to write, and a last
 * word. Requests without tools, such as those for a title, get a text.
 */
export function playedAgent(workspace: string): (request: RecordedRequest) => Behaviour {
  return ({ json }) => {
    const tools = (json?.tools ?? []) as readonly OfferedTool[];
    const rounds = messagesOf(json).filter(hasResult).length;
    if (!tools.some(({ name }) => RUN.test(name))) return answer({ text: 'A title' });
    const calls = [first, second].map((round) => round(tools, workspace));
    const toolUse = calls[rounds];
    return toolUse ? answer({ text: 'Next.', thinking: '', toolUse }) : answer({ text: TASK.farewell });
  };
}

/** A client without a tool to read files runs a command for it. */
function first(tools: readonly OfferedTool[], workspace: string): ToolUse[] {
  const notes = join(workspace, TASK.notes.name);
  const read = callOf(tools, { names: READ, path: notes }) ?? callOf(tools, { names: RUN, command: `cat ${notes}` })!;
  return [read, callOf(tools, { names: RUN, command: TASK.command })!];
}

function second(tools: readonly OfferedTool[], workspace: string): ToolUse[] {
  const path = join(workspace, TASK.answer.name);
  const patch = tools.find(({ name }) => name === 'apply_patch');
  if (patch) return [{ name: patch.name, input: { input: patchOf(TASK.answer.name, TASK.answer.text) } }];
  const write = callOf(tools, { names: WRITE, path, content: TASK.answer.text });
  return [write ?? callOf(tools, { names: RUN, command: `printf '%s\\n' '${TASK.answer.text.trim()}' > ${path}` })!];
}

/** The form of Codex, whose tool for patches takes one free text. */
function patchOf(name: string, text: string): string {
  return `*** Begin Patch\n*** Add File: ${name}\n+${text.trim()}\n*** End Patch\n`;
}

function callOf(tools: readonly OfferedTool[], use: Use): ToolUse | undefined {
  const tool = tools.find(({ name }) => use.names.test(name));
  if (!tool) return undefined;
  const { properties = {}, required = [] } = tool.input_schema;
  const given = Object.entries(properties).flatMap(([name, schema]) => {
    const value = argumentOf(name, schema, use) ?? (required.includes(name) ? anyValue(schema) : undefined);
    return value === undefined ? [] : [[name, value]];
  });
  return { name: tool.name, input: Object.fromEntries(given) };
}

function argumentOf(name: string, schema: Json, { path, content, command }: Use): unknown {
  if (/^(?:absolute_?|file_?)?path$|^filename$/i.test(name)) return path;
  if (/^(?:file_?)?paths$|^files$/i.test(name) && path) return [itemOf(schema, path)];
  if (/^(?:content|contents|file_text|new_text)$/i.test(name)) return content;
  if (!command || !/^(?:cmd|command|commands|script)$/i.test(name)) return undefined;
  if (schema.type !== 'array') return command;
  return name === 'commands' ? [itemOf(schema, command)] : ['bash', '-lc', command];
}

function itemOf({ items }: Json, value: string): unknown {
  const { properties } = (items ?? {}) as { properties?: Json };
  const key = properties && Object.keys(properties)[0];
  return key ? { [key]: value } : value;
}

function anyValue({ type, enum: values }: Json): unknown {
  if (Array.isArray(values)) return values[0];
  if (type === 'boolean') return false;
  return type === 'number' || type === 'integer' ? 1 : 'play';
}

export function messagesOf(json: Json | undefined): Json[] {
  return Array.isArray(json?.messages) ? json.messages : [];
}

function hasResult({ content }: Json): boolean {
  return Array.isArray(content) && content.some(({ type }: Json) => type === 'tool_result');
}
