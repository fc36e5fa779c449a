import type { Quirks } from './bedrock-quirks.js';
import { BETA, requestedBetas } from './betas.js';
import { chooseBetas } from './choose-betas.js';
import { type JsonObject, withMember } from './json-objects.js';
import type { Capabilities } from './model-capabilities.js';
import { withoutPath } from './remove-path.js';
import { translateMessages, translateSystem } from './translate-messages.js';
import {
  translateContextManagement,
  translateMetadata,
  translateOutputConfig,
  translateSampling,
  translateThinking,
} from './translate-settings.js';
import { translateTools } from './translate-tools.js';

/** Taken on every model, whatever Anthropic's own version of the day. */
const ANTHROPIC_VERSION = 'bedrock-2023-05-31';

/** InvokeModel answers 400 for any top-level field it does not know: what is not in this list is left out. */
const KNOWN_FIELDS = [
  'max_tokens',
  'messages',
  'system',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'metadata',
  'output_config',
  'context_management',
  'compaction',
];

export interface AnthropicRequest {
  readonly body: JsonObject;
  /** All `anthropic-beta` headers, joined. */
  readonly betaHeader: string | undefined;
  readonly capabilities: Capabilities;
  /** What this model has refused before. */
  readonly quirks: Quirks;
}

/**
 * The InvokeModel body for a Messages API body. Deterministic, since the same prefix must hit the same cache entry;
 * the input is shared and never changed.
 */
export function anthropicToBedrock({ body, betaHeader, quirks, ...request }: AnthropicRequest): JsonObject {
  const capabilities = quirks.refusesSystemRole
    ? { ...request.capabilities, takesSystemRole: false }
    : request.capabilities;
  const chosen = chooseBetas(body, requestedBetas(betaHeader, body), capabilities, quirks.betas);
  const betas = new Set<string>(chosen);
  const translated: JsonObject = {
    ...translateSampling(knownFieldsOf(body), capabilities),
    ...translateConversation(body, capabilities, betas),
    thinking: translateThinking(body.thinking, capabilities, betas),
    output_config: translateOutputConfig(body, capabilities, betas),
    context_management: translateContextManagement(body.context_management, capabilities, betas),
    compaction: betas.has(BETA.compaction) ? body.compaction : undefined,
    metadata: translateMetadata(body.metadata),
  };
  const complete = { anthropic_version: ANTHROPIC_VERSION, ...betaField(chosen), ...withoutUndefined(translated) };
  return quirks.paths.reduce<JsonObject>(withoutPath, complete);
}

function translateConversation(body: JsonObject, capabilities: Capabilities, betas: ReadonlySet<string>): JsonObject {
  return {
    system: translateSystem(body.system, { capabilities, betas }),
    messages: translateMessages(body.messages, { capabilities, betas }),
    tools: translateTools(body.tools, capabilities, betas),
  };
}

function knownFieldsOf(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([field]) => KNOWN_FIELDS.includes(field)));
}

function betaField(betas: readonly string[]): JsonObject {
  return betas.length > 0 ? { anthropic_beta: betas } : {};
}

function withoutUndefined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const isThinking = (block: unknown) =>
  typeof block === 'object' && block !== null && /^(redacted_)?thinking$/.test(String((block as JsonObject).type));

/**
 * The body without the thinking of earlier turns, for a platform that does not take their signatures; tool calls and
 * their results stay. A turn that was nothing but thinking goes.
 */
export function withoutThinkingBlocks(body: JsonObject): JsonObject {
  if (!Array.isArray(body.messages)) return body;
  const messages = body.messages.flatMap((message: JsonObject) => {
    if (message?.role !== 'assistant' || !Array.isArray(message.content)) return [message];
    const content = message.content.filter((block) => !isThinking(block));
    return content.length > 0 ? [withMember(message, 'content', content)] : [];
  });
  return { ...body, messages };
}
