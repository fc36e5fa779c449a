import type { BedrockConfig } from './bedrock.config.js';
import { CAPABILITIES_OF_UNKNOWN, type Capabilities, capabilitiesOf } from './model-capabilities.js';

type Geography = 'us' | 'eu' | 'jp' | 'au' | 'in' | 'apac';

interface ModelRow {
  readonly model: string;
  readonly alias?: string;
  readonly baseId: string;
  /** The geographies that have an inference profile of it, besides `global`. */
  readonly geographies: readonly Geography[];
  readonly hasGlobal?: false;
}

/**
 * Source: AWS model cards and cross-Region inference pages, November 2026. Ids follow three naming eras and cannot be
 * derived from each other. Mythos is missing: its ids on Bedrock are not public (set BEDROCK_MODEL_MAP).
 */
const MODELS: readonly ModelRow[] = [
  { model: 'claude-fable-5-2', baseId: 'anthropic.claude-fable-5-2', geographies: ['us'] },
  { model: 'claude-fable-5-1', baseId: 'anthropic.claude-fable-5-1', geographies: ['us'] },
  { model: 'claude-fable-5', baseId: 'anthropic.claude-fable-5', geographies: ['us', 'eu'] },
  { model: 'claude-opus-5-5', baseId: 'anthropic.claude-opus-5-5', geographies: ['us', 'eu', 'au', 'jp'] },
  { model: 'claude-opus-5', baseId: 'anthropic.claude-opus-5', geographies: ['us', 'eu', 'au', 'jp', 'in'] },
  { model: 'claude-opus-4-8', baseId: 'anthropic.claude-opus-4-8', geographies: ['us', 'eu', 'au', 'jp'] },
  { model: 'claude-opus-4-7', baseId: 'anthropic.claude-opus-4-7', geographies: ['us', 'eu', 'au', 'jp'] },
  { model: 'claude-opus-4-6', baseId: 'anthropic.claude-opus-4-6-v1', geographies: ['us', 'eu', 'au'] },
  {
    model: 'claude-opus-4-5-20251101',
    alias: 'claude-opus-4-5',
    baseId: 'anthropic.claude-opus-4-5-20251101-v1:0',
    geographies: ['us', 'eu'],
  },
  { model: 'claude-sonnet-5-5', baseId: 'anthropic.claude-sonnet-5-5', geographies: ['us', 'eu'] },
  { model: 'claude-sonnet-5', baseId: 'anthropic.claude-sonnet-5', geographies: ['us', 'eu', 'au', 'jp', 'in'] },
  { model: 'claude-sonnet-4-6', baseId: 'anthropic.claude-sonnet-4-6', geographies: ['us', 'eu', 'au', 'jp'] },
  {
    model: 'claude-sonnet-4-5-20250929',
    alias: 'claude-sonnet-4-5',
    baseId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    geographies: ['us', 'eu', 'au', 'jp'],
  },
  { model: 'claude-haiku-5-5', baseId: 'anthropic.claude-haiku-5-5', geographies: ['us', 'eu', 'au', 'jp'] },
  {
    model: 'claude-haiku-4-5-20251001',
    alias: 'claude-haiku-4-5',
    baseId: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    geographies: ['us', 'eu', 'au', 'jp', 'in'],
  },
  {
    model: 'claude-opus-4-1-20250805',
    alias: 'claude-opus-4-1',
    baseId: 'anthropic.claude-opus-4-1-20250805-v1:0',
    geographies: ['us'],
    hasGlobal: false,
  },
  {
    model: 'claude-sonnet-4-20250514',
    alias: 'claude-sonnet-4-0',
    baseId: 'anthropic.claude-sonnet-4-20250514-v1:0',
    geographies: ['us', 'eu', 'apac'],
  },
];

const ROW_BY_NAME = new Map(MODELS.flatMap((row) => [row.model, row.alias ?? row.model].map((name) => [name, row])));
const ROW_BY_BASE_ID = new Map(MODELS.map((row) => [row.baseId, row]));

/**
 * Source Region -> its geographies, best first. `apac` lives on for Sonnet 4 alone: a current model asked for under
 * `apac.` does not exist. Regions that are not listed (sa-east-1, il-, me-, af-, mx- ...) have `global` only.
 */
const GEOGRAPHIES_BY_REGION: ReadonlyMap<string, readonly Geography[]> = new Map(
  (
    [
      [['us'], 'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1'],
      [['eu'], 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3'],
      [['jp', 'apac'], 'ap-northeast-1 ap-northeast-3'],
      [['au', 'apac'], 'ap-southeast-2 ap-southeast-4'],
      [['in', 'apac'], 'ap-south-1 ap-south-2'],
      [['apac'], 'ap-northeast-2 ap-southeast-1 ap-southeast-3'],
    ] as const
  ).flatMap(([geographies, regions]) => regions.split(' ').map((region) => [region, geographies] as const)),
);

/** How Claude Code and its settings ask for a context of 1M tokens: a wish, and not part of the name. */
const CONTEXT_SUFFIX = /\[1m\]$/i;
const LATEST_SUFFIX = /-latest$/;

const BEDROCK_ID = /^(?:arn:aws[\w-]*:bedrock:\S+|(?:[a-z-]+\.)?anthropic\.\S+)$/;
const BASE_ID_INSIDE = /anthropic\.[\w.:-]+$/;

export interface Target {
  /** Base id, inference profile id or ARN. */
  readonly modelId: string;
  readonly capabilities: Capabilities;
}

/** Which Bedrock model answers for the one that the caller names, or why there is none. Never one of another class. */
export function targetOf(model: string, config: BedrockConfig): Target | { readonly reason: string } {
  const name = nameOf(model);
  const row = ROW_BY_NAME.get(name) ?? ROW_BY_NAME.get(name.replace(LATEST_SUFFIX, ''));
  const mapped = [model, name].find((key) => Object.hasOwn(config.modelMap, key));
  const modelId = mapped === undefined ? idOf(name) : config.modelMap[mapped];
  if (modelId !== undefined) return { modelId, capabilities: capabilitiesOfId(modelId, row) };
  if (!row) return { reason: `model ${model} is not known on AWS Bedrock; BEDROCK_MODEL_MAP can name one` };
  const profileId = profileIdOf(row, config);
  if (profileId) return { modelId: profileId, capabilities: capabilitiesOf(row.model) };
  return { reason: `BEDROCK_PROFILE=${config.profile} leaves no inference profile of ${model} in ${config.region}` };
}

/** The model's name without what a client adds to it. */
export function nameOf(model: string): string {
  return model.replace(CONTEXT_SUFFIX, '');
}

/** Whether the name asks for a context of 1M tokens. */
export function asksForLongContext(model: string): boolean {
  return CONTEXT_SUFFIX.test(model);
}

function idOf(name: string): string | undefined {
  return BEDROCK_ID.test(name) ? name : undefined;
}

/**
 * Where the data stays, in the words of `inference_geo`: the geography of the inference profile, else of the Region;
 * undefined where that is not known, as for an application's profile.
 */
export function placeOf(modelId: string, region: string): string | undefined {
  const profile = /(?:^|\/)([a-z-]+)\.anthropic\./.exec(modelId)?.[1];
  if (profile !== undefined) return profile.split('-')[0];
  const home = modelId.startsWith('arn:') ? modelId.split(':')[3] : region;
  const isInRegion = /(?:^|foundation-model\/)anthropic\./.test(modelId);
  return isInRegion ? home?.split('-')[0] : undefined;
}

/** `auto` stays in the geography where this model has a profile there, else goes through `global`. */
function profileIdOf(row: ModelRow, { region, profile }: BedrockConfig): string | undefined {
  if (profile === 'none') return row.baseId;
  const geography = GEOGRAPHIES_BY_REGION.get(region)?.find((candidate) => row.geographies.includes(candidate));
  if (geography && profile !== 'global') return `${geography}.${row.baseId}`;
  // GovCloud and China are partitions of their own: `global` does not reach them.
  const hasGlobal = row.hasGlobal !== false && !/^(us-gov|cn)-/.test(region);
  return hasGlobal && profile !== 'geo' ? `global.${row.baseId}` : undefined;
}

function capabilitiesOfId(modelId: string, requested: ModelRow | undefined): Capabilities {
  const row = ROW_BY_BASE_ID.get(BASE_ID_INSIDE.exec(modelId)?.[0] ?? '') ?? requested;
  return row ? capabilitiesOf(row.model) : CAPABILITIES_OF_UNKNOWN;
}
