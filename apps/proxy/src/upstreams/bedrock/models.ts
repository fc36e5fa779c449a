import { type BedrockModel, type ClaudeModels, geographyOf } from '@claude-proxy/claude-models';
import type { BedrockConfig } from './bedrock.config.js';
import { type Capabilities, capabilitiesOf } from './model-capabilities.js';

/** Claude Code's suffix for a context of 1M tokens. It is not a part of the model name. */
const CONTEXT_SUFFIX = /\[1m\]$/i;
const LATEST_SUFFIX = /-latest$/;

const BEDROCK_ID = /^(?:arn:aws[\w-]*:bedrock:\S+|(?:[a-z-]+\.)?anthropic\.\S+)$/;
const BASE_ID_INSIDE = /anthropic\.[\w.:-]+$/;

export interface Target {
  /** Base id, inference profile id or ARN. */
  readonly modelId: string;
  readonly capabilities: Capabilities;
}

/** The Bedrock model for the caller's model, or the reason why it is missing. Never one of another class. */
export function targetOf(
  model: string,
  config: BedrockConfig,
  models: ClaudeModels,
): Target | { readonly reason: string } {
  const name = nameOf(model);
  const row = models.named(name) ?? models.named(name.replace(LATEST_SUFFIX, ''));
  const mapped = [model, name].find((key) => Object.hasOwn(config.modelMap, key));
  const modelId = mapped === undefined ? idOf(name) : config.modelMap[mapped];
  if (modelId !== undefined) {
    const named = models.withBedrockId(BASE_ID_INSIDE.exec(modelId)?.[0] ?? '');
    return { modelId, capabilities: capabilitiesOf(named ?? row) };
  }
  if (!row?.bedrock) {
    return { reason: `model ${model} is not known on AWS Bedrock; BEDROCK_MODEL_MAP or MODELS_FILE can add it` };
  }
  const profileId = profileIdOf(row.bedrock, config);
  if (profileId) return { modelId: profileId, capabilities: capabilitiesOf(row) };
  return { reason: `BEDROCK_PROFILE=${config.profile} leaves no inference profile of ${model} in ${config.region}` };
}

/** The model's name without the client's suffix. */
export function nameOf(model: string): string {
  return model.replace(CONTEXT_SUFFIX, '');
}

/** Whether the name requests a context of 1M tokens. */
export function asksForLongContext(model: string): boolean {
  return CONTEXT_SUFFIX.test(model);
}

function idOf(name: string): string | undefined {
  return BEDROCK_ID.test(name) ? name : undefined;
}

/**
 * Where the data stays, as a value of `inference_geo`: the geography of the inference profile, else of the Region;
 * undefined if it is not known, as for an application's profile.
 */
export function placeOf(modelId: string, region: string): string | undefined {
  const profile = /(?:^|\/)([a-z-]+)\.anthropic\./.exec(modelId)?.[1];
  if (profile !== undefined) return profile.split('-')[0];
  const home = modelId.startsWith('arn:') ? modelId.split(':')[3] : region;
  const isInRegion = /(?:^|foundation-model\/)anthropic\./.test(modelId);
  return isInRegion ? home?.split('-')[0] : undefined;
}

/** `auto` uses the profile of the geography if the model has one there, else `global`. */
function profileIdOf(model: BedrockModel, { region, profile }: BedrockConfig): string | undefined {
  if (profile === 'none') return model.baseId;
  const geography = geographyOf(model, region)?.geography;
  if (geography && profile !== 'global') return `${geography}.${model.baseId}`;
  // GovCloud and China are separate partitions without `global`.
  const hasGlobal = model.hasGlobal !== false && !/^(us-gov|cn)-/.test(region);
  return hasGlobal && profile !== 'geo' ? `global.${model.baseId}` : undefined;
}
