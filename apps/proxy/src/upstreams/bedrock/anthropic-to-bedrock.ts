import { JsonEdits, type JsonView } from '@claude-proxy/messages-api';
import type { Quirks } from './bedrock-quirks.js';
import { requestedBetas } from './betas.js';
import { editAutomaticCaching } from './cache-control.js';
import { chooseBetas } from './choose-betas.js';
import type { Draft } from './draft.js';
import { cacheText, foldSystemMessages } from './fold-system-messages.js';
import type { Capabilities } from './model-capabilities.js';
import { removePath } from './remove-path.js';
import { ToolNames } from './tool-names.js';
import { editMessages, editSystem } from './translate-messages.js';
import {
  editCompaction,
  editContextManagement,
  editFields,
  editMaxTokens,
  editMetadata,
  editOutputConfig,
  editSafeguards,
  editSampling,
  editThinking,
} from './translate-settings.js';
import { editToolChoice, editTools } from './translate-tools.js';

/** Accepted on every model, for any version of Anthropic's own API. */
const ANTHROPIC_VERSION = 'bedrock-2023-05-31';
const MAX_NAMES = 40;
const MAX_NAME_LENGTH = 80;

export interface AnthropicRequest {
  /** The body of the Messages API, decoded. */
  readonly body: JsonView;
  /** All `anthropic-beta` headers, joined. */
  readonly betaHeader: string | undefined;
  readonly capabilities: Capabilities;
  /** Parts that this model has refused before. */
  readonly quirks: Quirks;
  /** In place of the body's `max_tokens` where that is greater. */
  readonly maxTokens?: number | undefined;
  /** Drops the thinking of earlier turns, whose signatures this platform does not accept, and disables thinking. */
  readonly withoutThinking?: boolean;
}

export interface BedrockRequest {
  readonly body: Buffer;
  /** The betas in the body. */
  readonly betas: readonly string[];
  /** Names of the dropped parts. */
  readonly dropped: readonly string[];
  /** Shortened tool name -> the caller's. */
  readonly restoreNames: ReadonlyMap<string, string>;
}

/**
 * The InvokeModel body for a Messages API body: the caller's bytes with spans removed and inserted. Deterministic,
 * because the same prefix must hit the same cache entry.
 */
export function anthropicToBedrock({ body, betaHeader, quirks, ...request }: AnthropicRequest): BedrockRequest {
  const capabilities = quirks.refusesSystemRole
    ? { ...request.capabilities, takesSystemRole: false }
    : request.capabilities;
  const betas = chooseBetas(body, requestedBetas(betaHeader, body), capabilities, quirks.betas);
  const draft: Draft = {
    root: body,
    edits: new JsonEdits(),
    capabilities,
    betas: new Set(betas.sent),
    names: new ToolNames(body, quirks.maxToolNameLength),
    leftOut: new Set(betas.leftOut),
  };
  editBody(draft, request.withoutThinking ?? false);
  editMaxTokens(draft, request.maxTokens);
  for (const path of quirks.paths) removePath(draft, path);
  removeEmptied(draft);
  const cached = editAutomaticCaching(draft);
  if (!capabilities.takesSystemRole) foldSystemMessages(draft, cached);
  if (cached) cacheText(draft, cached);
  addEnvelope(draft, betas.sent);
  return {
    body: draft.edits.rendered(body),
    betas: betas.sent,
    dropped: namesOf(draft.leftOut),
    restoreNames: draft.names.restored,
  };
}

/** Names can contain text of the caller, and they are written to a header and the request log. */
function namesOf(leftOut: ReadonlySet<string>): string[] {
  return [...leftOut].slice(0, MAX_NAMES).map((name) => name.replaceAll(/[^\w.:-]/g, '_').slice(0, MAX_NAME_LENGTH));
}

function editBody(draft: Draft, withoutThinking: boolean): void {
  draft.edits.removeRepeated(draft.root);
  editFields(draft);
  editSampling(draft);
  editThinking(draft, withoutThinking);
  editOutputConfig(draft);
  editContextManagement(draft);
  editCompaction(draft);
  editMetadata(draft);
  editSafeguards(draft);
  editSystem(draft);
  editTools(draft);
  editToolChoice(draft);
  editMessages(draft, withoutThinking);
}

/** Removes containers that became empty. */
function removeEmptied({ root, edits }: Draft): void {
  for (const key of ['output_config', 'system', 'tools']) {
    const value = root.get(key);
    const isOptional = key === 'output_config' || (value?.parts().length ?? 0) > 0;
    if (value && isOptional && edits.leavesEmpty(value)) edits.remove(root, key);
  }
}

function addEnvelope({ root, edits }: Draft, betas: readonly string[]): void {
  edits.prepend(root, `"anthropic_version":${JSON.stringify(ANTHROPIC_VERSION)}`);
  if (betas.length > 0) edits.prepend(root, `"anthropic_beta":${JSON.stringify(betas)}`);
}
