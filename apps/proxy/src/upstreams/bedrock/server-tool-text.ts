import { JsonEdits, type JsonView } from '@claude-proxy/messages-api';

const CALL = /^(server_tool_use|mcp_tool_use)$/;
const RESULT = /^(.+_tool_result|mcp_tool_listing)$/;
/** Deeper values are not changed. */
const MAX_DEPTH = 6;

/** True for calls and results of tools that Anthropic's servers run. */
export function isOfServerTool(type: string): boolean {
  return CALL.test(type) || RESULT.test(type);
}

/**
 * The call or the result of a server tool as text: Bedrock has no such blocks, and the model needs their content.
 * Encrypted parts and files are dropped, because only Anthropic can read them.
 */
export function textOfServerTool(block: JsonView): string {
  const type = block.text('type') ?? '';
  const isCall = CALL.test(type);
  const what = isCall ? `Call of ${block.text('name')}` : `Result of ${type.replace(/_tool_result$/, '')}`;
  const found = block.get(isCall ? 'input' : 'content');
  return `[${what}] ${found ? readable(found) : ''}`.trimEnd();
}

function readable(found: JsonView): string {
  const text = found.asText();
  if (text !== undefined) return text;
  const edits = new JsonEdits();
  removeUnreadable(found, edits, 0);
  return edits.rendered(found).toString();
}

function removeUnreadable(value: JsonView, edits: JsonEdits, depth: number): void {
  if (depth === MAX_DEPTH) return;
  if (value.text('type') === 'base64') edits.replace(value, '"[file]"');
  else {
    for (const { key } of value.members()) {
      if (key.startsWith('encrypted_') || key === 'cache_control') edits.remove(value, key);
    }
    for (const { value: inner } of value.parts()) removeUnreadable(inner, edits, depth + 1);
  }
}
