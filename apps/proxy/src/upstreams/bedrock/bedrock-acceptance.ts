import { contentEncodingOf } from '@claude-proxy/messages-api';
import {
  ACCEPTED,
  type Acceptance,
  headerOf,
  joinedHeaderOf,
  notAccepted,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { BETA, type Beta, requestedBetas } from './betas.js';
import { isObject, type JsonObject } from './json-objects.js';
import { blocksOf, objectsIn } from './message-blocks.js';
import type { Capabilities } from './model-capabilities.js';
import type { Target } from './models.js';

/** Anthropic documents 20 MB for Bedrock, AWS 25,000,000 bytes: the smaller one. */
const MAX_BODY_BYTES = 20_000_000;
/** Where a caller counts on 1M tokens and the model has 200k here: a text of this size does not fit for sure. */
const MAX_BYTES_PER_TOKEN = 4;
/** Tools that the caller runs itself. Anything else would have to be run by Anthropic's servers. */
const CLIENT_TOOL = /^(custom$|bash_|text_editor_|memory_|computer_\d|tool_search_tool_)/;
const SERVER_SIDE_BLOCK = /^(server_tool_use|mcp_.+|container_upload|.+_tool_result)$/;
const SEARCH_BLOCK = /^tool_search_tool_/;
const REMOTE_SOURCES = new Set(['url', 'file']);

/** Whether Bedrock can serve the request without changing what it means. The cheapest questions come first. */
export function acceptanceOf(request: UpstreamRequest, target: Target | { readonly reason: string }): Acceptance {
  if (request.operation !== 'messages') return notAccepted(`${request.operation} is asked of Anthropic only`);
  if ('reason' in target) return notAccepted(target.reason);
  if (request.body.length > MAX_BODY_BYTES) return notAccepted(TOO_BIG);
  const body = jsonOf(request);
  if (!body) return notAccepted('the body is no JSON object');
  const { capabilities } = target;
  const reason =
    reasonOfFields(body, capabilities) ??
    reasonOfTools(body) ??
    reasonOfSize(request, body, capabilities) ??
    reasonOfBlocks(body, capabilities);
  return reason === undefined ? ACCEPTED : notAccepted(reason);
}
const TOO_BIG = `the body is over ${MAX_BODY_BYTES / 1_000_000} MB`;

function jsonOf(request: UpstreamRequest): JsonObject | undefined {
  try {
    const body = request.json();
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function reasonOfFields(body: JsonObject, { hasOutputFormat }: Capabilities): string | undefined {
  if (objectsIn(body.mcp_servers).length > 0) return 'mcp_servers are not available on AWS Bedrock';
  if (body.container !== undefined && body.container !== null) return 'container is not available on AWS Bedrock';
  const config = isObject(body.output_config) ? body.output_config : {};
  const hasFormat = isObject(config.format) || isObject(body.output_format);
  return hasFormat && !hasOutputFormat ? 'this model has no structured output on AWS Bedrock' : undefined;
}

function reasonOfTools({ tools }: JsonObject): string | undefined {
  for (const tool of objectsIn(tools)) {
    const type = tool.type ?? 'custom';
    if (!CLIENT_TOOL.test(String(type))) return `tool ${type} is not available on AWS Bedrock`;
    const callers = Array.isArray(tool.allowed_callers) ? tool.allowed_callers : [];
    if (callers.some((caller) => caller !== 'direct'))
      return 'programmatic tool calls are not available on AWS Bedrock';
  }
  return undefined;
}

function reasonOfSize(request: UpstreamRequest, body: JsonObject, capabilities: Capabilities): string | undefined {
  // The decoded length is known without a copy only where nothing is encoded, which is how every known client sends.
  const isEncoded = contentEncodingOf(headerOf(request.headers, 'content-encoding')) !== undefined;
  const bytes = isEncoded ? Buffer.byteLength(JSON.stringify(body)) : request.body.length;
  if (bytes > MAX_BODY_BYTES) return TOO_BIG;
  const fits = bytes <= capabilities.contextTokens * MAX_BYTES_PER_TOKEN;
  if (fits || !requestedBetas(joinedHeaderOf(request.headers, 'anthropic-beta'), body).has(BETA.context1m)) {
    return undefined;
  }
  return `the prompt needs more than the ${capabilities.contextTokens} tokens that this model has on AWS Bedrock`;
}

function reasonOfBlocks({ messages }: JsonObject, capabilities: Capabilities): string | undefined {
  for (const block of blocksOf(messages)) {
    const reason = reasonOfSource(block) ?? reasonOfType(block, capabilities);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function reasonOfSource({ source, caller }: JsonObject): string | undefined {
  if (isObject(source) && REMOTE_SOURCES.has(String(source.type))) {
    return `${source.type} sources are not available on AWS Bedrock`;
  }
  const isProgrammatic = isObject(caller) && caller.type !== 'direct';
  return isProgrammatic ? 'the history holds a programmatic tool call' : undefined;
}

function reasonOfType(block: JsonObject, { betas }: Capabilities): string | undefined {
  const type = String(block.type);
  const needed = betasForBlock(type, String(block.name));
  const isTaken = needed ? needed.some((beta) => betas.includes(beta)) : !SERVER_SIDE_BLOCK.test(type);
  return isTaken ? undefined : `the history holds a ${type} block`;
}

/** Blocks that a model takes with one of these betas; nothing for all others. */
function betasForBlock(type: string, name: string): readonly Beta[] | undefined {
  if (SEARCH_BLOCK.test(type) || (type === 'server_tool_use' && SEARCH_BLOCK.test(name))) return [BETA.toolSearch];
  if (type === 'compaction') return [BETA.compactEdit, BETA.compaction];
  return type === 'tool_addition' || type === 'tool_removal' ? [BETA.toolChanges] : undefined;
}
