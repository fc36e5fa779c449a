import { BETA } from './betas.js';
import { translateCacheControl } from './cache-control.js';
import { isObject, type JsonObject, rewriteEach, withMember, without } from './json-objects.js';
import { objectsIn } from './message-blocks.js';
import type { Capabilities } from './model-capabilities.js';

const REGEX_SEARCH = 'tool_search_tool_regex';
const SEARCH_TOOL = /^tool_search_tool_/;

/** Members that InvokeModel refuses whatever the beta; what they ask for is not lost but less exact without them. */
const NEVER_TAKEN = ['strict', 'eager_input_streaming', 'allowed_callers'];

/**
 * Bedrock knows the regex search under a name without date, and no BM25 search. Where the search tool is dropped,
 * deferred tools are loaded at once: nobody could find them otherwise.
 */
export function translateTools(tools: unknown, capabilities: Capabilities, betas: ReadonlySet<string>): unknown {
  if (!Array.isArray(tools)) return tools;
  const hasSearchBeta = betas.has(BETA.toolSearch);
  const searchTools = objectsIn(tools).filter((tool) => SEARCH_TOOL.test(String(tool.type)));
  const isSearchLost = searchTools.length > 0 && !searchTools.some(isRegexSearch);
  const refused = [
    ...NEVER_TAKEN,
    ...(hasSearchBeta && !isSearchLost ? [] : ['defer_loading']),
    ...(betas.has(BETA.toolExamples) ? [] : ['input_examples']),
  ];
  return rewriteEach(tools, (tool) => {
    if (!isObject(tool)) return tool;
    if (SEARCH_TOOL.test(String(tool.type))) return hasSearchBeta ? translateSearchTool(tool, capabilities) : undefined;
    return translateCacheControl(without(tool, refused), capabilities);
  });
}

function translateSearchTool(tool: JsonObject, capabilities: Capabilities): JsonObject | undefined {
  if (!isRegexSearch(tool)) return undefined;
  return translateCacheControl(without(withMember(tool, 'type', REGEX_SEARCH), NEVER_TAKEN), capabilities);
}

function isRegexSearch(tool: JsonObject): boolean {
  return String(tool.type).startsWith(REGEX_SEARCH);
}
