import { BETA, type BedrockBeta } from '@claude-proxy/claude-models';
import { JsonTooLargeError, type JsonView } from '@claude-proxy/messages-api';
import { ACCEPTED, type Acceptance, joinedHeaderOf, notAccepted, type UpstreamRequest } from '@claude-proxy/upstream';
import { requestedBetas } from './betas.js';
import { countingIdOf } from './count-tokens.js';
import { blocksOf, objectsIn } from './message-blocks.js';
import type { Capabilities } from './model-capabilities.js';
import { asksForLongContext, placeOf, type Target } from './models.js';
import { viewOf } from './request-text.js';

/** Anthropic documents 20 MB for Bedrock, AWS 25,000,000 bytes: the smaller one. */
const MAX_BODY_BYTES = 20_000_000;
/** For a request with 1M tokens and a model with 200k: a text above this size certainly does not fit. */
const MAX_BYTES_PER_TOKEN = 4;
/** Tools that Anthropic's servers run. Bedrock itself decides about unknown tools. */
const SERVER_TOOL =
  /^(web_search_|web_fetch_|code_execution_|advisor_|computer_toolset_|browser_toolset_|mcp_toolset$)/;
const REMOTE_SOURCES = new Set(['url', 'file']);

/**
 * Whether Bedrock can serve the request without changing its meaning. The cheapest checks come first. If a
 * table is not certain about a model, the request is accepted and Bedrock's own refusal decides.
 */
export function acceptanceOf(
  request: UpstreamRequest,
  target: Target | { readonly reason: string },
  region: string,
): Acceptance {
  if ('reason' in target) return notAccepted(target.reason);
  if (request.operation === 'count_tokens' && countingIdOf(target.modelId) === undefined) return notAccepted(NO_COUNT);
  if (request.body.length > MAX_BODY_BYTES) return notAccepted(TOO_BIG);
  try {
    const reason = reasonOf(request, viewOf(request), target, region);
    return reason === undefined ? ACCEPTED : notAccepted(reason);
  } catch (error) {
    return notAccepted(error instanceof JsonTooLargeError ? error.message : NOT_JSON);
  }
}
const NO_COUNT = 'AWS Bedrock counts the tokens of base models only, and this model is an ARN';
const TOO_BIG = `the body is over ${MAX_BODY_BYTES / 1_000_000} MB`;
const NOT_JSON = 'the body is not a JSON object';

function reasonOf(request: UpstreamRequest, body: JsonView, target: Target, region: string): string | undefined {
  if (!body.isObject) return NOT_JSON;
  if (body.bytes.length > MAX_BODY_BYTES) return TOO_BIG;
  return (
    reasonOfFields(body) ??
    reasonOfPlace(body, target, region) ??
    reasonOfTools(body) ??
    reasonOfSize(request, body, target.capabilities) ??
    reasonOfBlocks(body, target.capabilities)
  );
}

function reasonOfFields(body: JsonView): string | undefined {
  if (objectsIn(body.get('mcp_servers')).length > 0) return 'mcp_servers are not available on AWS Bedrock';
  const container = body.get('container');
  return container && !container.isNull ? 'container is not available on AWS Bedrock' : undefined;
}

/** A required geography is kept, or the request is not served. */
function reasonOfPlace(body: JsonView, { modelId }: Target, region: string): string | undefined {
  const asked = body.get('inference_geo');
  if (!asked || asked.isNull || asked.asText() === 'global') return undefined;
  const place = placeOf(modelId, region);
  if (asked.asText() === place) return undefined;
  return `inference_geo ${asked.asText()} is not where this model runs on AWS Bedrock (${place ?? 'unknown'})`;
}

function reasonOfTools(body: JsonView): string | undefined {
  for (const tool of objectsIn(body.get('tools'))) {
    const type = tool.text('type') ?? 'custom';
    if (SERVER_TOOL.test(type)) return `tool ${type} is not available on AWS Bedrock`;
    const callers = tool.get('allowed_callers')?.items() ?? [];
    if (callers.some((caller) => caller.asText() !== 'direct'))
      return 'programmatic tool calls are not available on AWS Bedrock';
  }
  return undefined;
}

function reasonOfSize(request: UpstreamRequest, body: JsonView, capabilities: Capabilities): string | undefined {
  const limit = capabilities.contextTokens * MAX_BYTES_PER_TOKEN;
  if (body.bytes.length <= limit) return undefined;
  const betas = requestedBetas(joinedHeaderOf(request.headers, 'anthropic-beta'), body);
  const isLong = asksForLongContext(request.model) || betas.has(BETA.context1m);
  if (!isLong || body.bytes.length - fileBytesIn(body) <= limit) return undefined;
  return `the prompt needs more than the ${capabilities.contextTokens} tokens that this model has on AWS Bedrock`;
}

/** Images and documents are not counted by their bytes. */
function fileBytesIn(body: JsonView): number {
  let bytes = 0;
  for (const block of blocksOf(body.get('messages'))) {
    const data = block.get('source')?.get('data');
    if (data) bytes += data.end - data.start;
  }
  return bytes;
}

function reasonOfBlocks(body: JsonView, capabilities: Capabilities): string | undefined {
  for (const block of blocksOf(body.get('messages'))) {
    const reason = reasonOfSource(block) ?? reasonOfType(block, capabilities);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function reasonOfSource(block: JsonView): string | undefined {
  const type = block.get('source')?.text('type') ?? '';
  return REMOTE_SOURCES.has(type) ? `${type} sources are not available on AWS Bedrock` : undefined;
}

function reasonOfType(block: JsonView, { betas }: Capabilities): string | undefined {
  const type = block.text('type') ?? '';
  const needed = BETAS_FOR_BLOCK.get(type);
  const isTaken = needed ? needed.some((beta) => betas.includes(beta)) : type !== 'container_upload';
  return isTaken ? undefined : `the history holds a ${type} block`;
}

/** Blocks that a model accepts with one of these betas, and that text cannot replace. */
const BETAS_FOR_BLOCK: ReadonlyMap<string, readonly BedrockBeta[]> = new Map([
  ['compaction', [BETA.compactEdit, BETA.compaction]],
  ['tool_addition', [BETA.toolChanges]],
  ['tool_removal', [BETA.toolChanges]],
]);
