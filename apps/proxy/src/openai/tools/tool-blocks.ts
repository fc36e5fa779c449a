import { withBreakpoint } from '../conversation/breakpoints.js';
import type { JsonObject } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import { inputSchema } from './input-schema.js';
import type { ToolOption } from './read-tools.js';
import type { StrictCounts } from './strict-counts.js';
import { supportedSchema } from './supported-schema.js';

/** The tools of a Messages body. A tool beyond what Claude takes as strict is offered, but not strict. */
export function toolBlocks(tools: readonly ToolOption[], counts: StrictCounts, leftOut: LeftOut): JsonObject[] {
  return tools.map((tool) => {
    const { name, description, breakpoint } = tool;
    const schema = inputSchema(tool.parameters);
    const strict = tool.isStrict ? strictSchema(schema, counts) : undefined;
    if (tool.isStrict && !strict) leftOut.add(`${tool.param}.strict`);
    const block = {
      name,
      ...(description ? { description } : {}),
      input_schema: strict ?? schema,
      ...(strict ? { strict: true } : {}),
    };
    return withBreakpoint(block, breakpoint);
  });
}

function strictSchema(schema: JsonObject, counts: StrictCounts): JsonObject | undefined {
  const strict = supportedSchema(schema);
  return counts.takesTool(strict) ? strict : undefined;
}

/** Definitions for the calls of the history: Claude refuses calls where no tool is defined at all. */
export function toolsOfHistory(names: Iterable<string>): JsonObject[] {
  return [...new Set(names)].map((name) => ({ name, input_schema: { type: 'object', properties: {} } }));
}
