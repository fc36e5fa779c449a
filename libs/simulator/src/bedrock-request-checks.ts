import { bedrockFailure } from './bedrock-refusals.js';
import type { Failure } from './behaviours.js';
import { objectOf, type RecordedRequest } from './http-recording.js';

/** How strictly the simulated Bedrock checks a request. */
export interface BedrockCheckOptions {
  /** False: every request with JSON is answered, for any model. */
  readonly isStrict: boolean;
  /** Accepted values of `anthropic_beta`. Other values get `invalid beta flag`. */
  readonly knownBetas: readonly string[];
}

/** The beta flags that Bedrock's InvokeModel is known to accept. */
export const BEDROCK_BETAS: readonly string[] = [
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
  'tool-search-tool-2025-10-19',
  'tool-examples-2025-10-29',
  'compact-2026-01-12',
  'compact-2026-09-04',
  'dangerous-tool-use-2026-09-03',
  'afk-mode-2026-01-31',
  'thinking-binding-controls-2026-08-01',
  'thinking-display-updates-2026-08-18',
  'mid-conversation-output-config-2026-07-01',
  'mid-conversation-tool-changes-2026-07-01',
  'interleaved-thinking-2025-05-14',
  'thinking-token-count-2026-05-13',
];

const KNOWN_FIELDS = new Set([
  ...['anthropic_version', 'max_tokens', 'messages', 'anthropic_beta', 'system', 'stop_sequences', 'temperature'],
  ...['top_p', 'top_k', 'tools', 'tool_choice', 'thinking', 'metadata', 'output_config', 'context_management'],
  ...['compaction', 'safeguards'],
]);
const MAX_BODY_BYTES = 25_000_000;
const METADATA_VALUE = /^[A-Za-z0-9_.@ -]*$/;
const BASE_MODEL_ID = /^anthropic\./;
const PROFILE_ID_OR_ARN = /^([a-z]{2,6}(-[a-z]+)?\.anthropic\.|arn:aws[a-z-]*:bedrock:)/;
const TAKES_NEW_VERSION = /claude-(?:[a-z]+-)?(?:4-[789]|[5-9])(?:\D|$)/;

type Complaint = (
  json: Record<string, unknown>,
  recorded: RecordedRequest,
  options: BedrockCheckOptions,
) => string | undefined;

const COMPLAINTS: readonly Complaint[] = [
  bodySizeComplaint,
  envelopeComplaint,
  versionComplaint,
  extraFieldComplaint,
  betaComplaint,
  safeguardsComplaint,
  metadataComplaint,
  toolComplaint,
  sourceComplaint,
];

/** Refuses an invocation like the real service, with its messages. */
export function invocationFailure(recorded: RecordedRequest, options: BedrockCheckOptions): Failure | undefined {
  if (!recorded.headers.authorization) {
    return bedrockFailure('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  if (!options.isStrict) return undefined;
  const complaint = modelComplaint(recorded.model ?? '') ?? bodyComplaint(recorded, options);
  return complaint === undefined ? undefined : bedrockFailure('ValidationException', complaint);
}

/** CountTokens takes base ids, and an InvokeModel body in base64. */
export function countFailure({ json, model }: RecordedRequest, { isStrict }: BedrockCheckOptions): Failure | undefined {
  if (!isStrict) return undefined;
  if (!BASE_MODEL_ID.test(model ?? '')) {
    return bedrockFailure('ValidationException', 'The provided model does not support counting tokens.');
  }
  const input = json?.input as { invokeModel?: { body?: string } } | undefined;
  const counted = objectOf(Buffer.from(input?.invokeModel?.body ?? '', 'base64'));
  const missing = ['anthropic_version', 'max_tokens', 'messages'].find((name) => counted?.[name] === undefined);
  return missing === undefined ? undefined : bedrockFailure('ValidationException', `${missing}: Field required`);
}

function modelComplaint(modelId: string): string | undefined {
  if (PROFILE_ID_OR_ARN.test(modelId)) return undefined;
  if (!BASE_MODEL_ID.test(modelId)) return 'The provided model identifier is invalid.';
  return `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`;
}

function bodyComplaint(recorded: RecordedRequest, options: BedrockCheckOptions): string | undefined {
  const { json } = recorded;
  if (json === undefined) return 'The provided request is not valid';
  for (const complaintOf of COMPLAINTS) {
    const complaint = complaintOf(json, recorded, options);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function bodySizeComplaint(_json: Record<string, unknown>, { bodyBytes }: RecordedRequest): string | undefined {
  return bodyBytes > MAX_BODY_BYTES ? `body: length must be less than or equal to ${MAX_BODY_BYTES}` : undefined;
}

function envelopeComplaint(json: Record<string, unknown>): string | undefined {
  const extraneous = ['model', 'stream'].find((field) => field in json);
  if (extraneous !== undefined) return malformed(`extraneous key [${extraneous}] is not permitted`);
  const missing = ['anthropic_version', 'max_tokens', 'messages'].find((field) => json[field] === undefined);
  return missing === undefined ? undefined : malformed(`required key [${missing}] not found`);
}

function malformed(what: string): string {
  return `Malformed input request: #: ${what}, please reformat your input and try again.`;
}

function versionComplaint(json: Record<string, unknown>, { model = '' }: RecordedRequest): string | undefined {
  if (json.anthropic_version === 'bedrock-2023-05-31') return undefined;
  const isNewVersion = json.anthropic_version === '2026-10-21' && TAKES_NEW_VERSION.test(model);
  return isNewVersion ? undefined : 'Invalid API version';
}

function extraFieldComplaint(json: Record<string, unknown>): string | undefined {
  const extra = Object.keys(json).find((field) => !KNOWN_FIELDS.has(field));
  return extra === undefined ? undefined : extraInputs(extra);
}

function betaComplaint(
  json: Record<string, unknown>,
  _recorded: RecordedRequest,
  { knownBetas }: BedrockCheckOptions,
): string | undefined {
  const betas = json.anthropic_beta ?? [];
  if (!Array.isArray(betas)) return 'anthropic_beta: Input should be a valid list';
  return betas.every((beta) => knownBetas.includes(beta)) ? undefined : 'invalid beta flag';
}

function safeguardsComplaint({ safeguards, anthropic_beta: betas }: Record<string, unknown>): string | undefined {
  const hasBeta = Array.isArray(betas) && betas.includes('dangerous-tool-use-2026-09-03');
  return safeguards === undefined || hasBeta ? undefined : extraInputs('safeguards');
}

function metadataComplaint({ metadata }: Record<string, unknown>): string | undefined {
  const userId = (metadata as { user_id?: unknown } | undefined)?.user_id;
  const isFit = userId === undefined || userId === null || METADATA_VALUE.test(String(userId));
  return isFit ? undefined : 'Request metadata contains a value that violates the regular expression';
}

const REFUSED_TOOL_TYPES = /^(web_search|web_fetch|code_execution|advisor|computer_toolset|browser_toolset)_/;

function toolComplaint({ tools }: Record<string, unknown>): string | undefined {
  if (!Array.isArray(tools)) return undefined;
  for (const [index, tool] of (tools as Record<string, unknown>[]).entries()) {
    if (REFUSED_TOOL_TYPES.test(String(tool.type))) {
      return `tools.${index}: Input tag '${tool.type}' found using 'type' does not match any of the expected tags`;
    }
    const extra = ['eager_input_streaming', 'allowed_callers'].find((field) => field in tool);
    if (extra !== undefined) return extraInputs(`tools.${index}.custom.${extra}`);
  }
  return undefined;
}

function sourceComplaint(_json: Record<string, unknown>, { body }: RecordedRequest): string | undefined {
  const text = body.toString('latin1');
  if (/"cache_control":\{[^}]*"scope"/.test(text)) return extraInputs('cache_control.ephemeral.scope');
  if (/"source":\{"type":"(url|file)"/.test(text)) return 'source: only base64 sources are supported';
  return undefined;
}

function extraInputs(path: string): string {
  return `${path}: Extra inputs are not permitted`;
}
