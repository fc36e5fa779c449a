/**
 * The models that the application may ask on Bedrock. A copy of `apps/proxy/src/upstreams/bedrock/models.ts`, which
 * Node cannot load without a build; `test/bedrock.spec.ts` fails when the two differ.
 */
export interface BedrockModel {
  readonly baseId: string;
  /** Geographies that have an inference profile of it, besides `global`. */
  readonly geographies: readonly Geography[];
  readonly hasGlobal?: false;
}

export type Geography = 'us' | 'eu' | 'jp' | 'au' | 'in' | 'apac';

export const BEDROCK_MODELS: readonly BedrockModel[] = [
  { baseId: 'anthropic.claude-fable-5-2', geographies: ['us'] },
  { baseId: 'anthropic.claude-fable-5-1', geographies: ['us'] },
  { baseId: 'anthropic.claude-fable-5', geographies: ['us', 'eu'] },
  { baseId: 'anthropic.claude-opus-5-5', geographies: ['us', 'eu', 'au', 'jp'] },
  { baseId: 'anthropic.claude-opus-5', geographies: ['us', 'eu', 'au', 'jp', 'in'] },
  { baseId: 'anthropic.claude-opus-4-8', geographies: ['us', 'eu', 'au', 'jp'] },
  { baseId: 'anthropic.claude-opus-4-7', geographies: ['us', 'eu', 'au', 'jp'] },
  { baseId: 'anthropic.claude-opus-4-6-v1', geographies: ['us', 'eu', 'au'] },
  { baseId: 'anthropic.claude-opus-4-5-20251101-v1:0', geographies: ['us', 'eu'] },
  { baseId: 'anthropic.claude-sonnet-5-5', geographies: ['us', 'eu'] },
  { baseId: 'anthropic.claude-sonnet-5', geographies: ['us', 'eu', 'au', 'jp', 'in'] },
  { baseId: 'anthropic.claude-sonnet-4-6', geographies: ['us', 'eu', 'au', 'jp'] },
  { baseId: 'anthropic.claude-sonnet-4-5-20250929-v1:0', geographies: ['us', 'eu', 'au', 'jp'] },
  { baseId: 'anthropic.claude-haiku-5-5', geographies: ['us', 'eu', 'au', 'jp'] },
  { baseId: 'anthropic.claude-haiku-4-5-20251001-v1:0', geographies: ['us', 'eu', 'au', 'jp', 'in'] },
  { baseId: 'anthropic.claude-opus-4-1-20250805-v1:0', geographies: ['us'], hasGlobal: false },
  { baseId: 'anthropic.claude-sonnet-4-20250514-v1:0', geographies: ['us', 'eu', 'apac'] },
];

interface GeographyRow {
  readonly geography: Geography;
  /** Regions in which a profile of this geography can be called. */
  readonly sources: string;
  /** Regions to which it may send a request, besides the one it was called in. */
  readonly destinations: string;
}

/** AWS, "Supported Regions and models for inference profiles", November 2026. */
const GEOGRAPHIES: readonly GeographyRow[] = [
  {
    geography: 'us',
    sources: 'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 ca-west-1',
    destinations: 'us-east-1 us-east-2 us-west-2',
  },
  {
    geography: 'eu',
    sources: 'eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3',
    destinations: 'eu-central-1 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-3',
  },
  { geography: 'jp', sources: 'ap-northeast-1 ap-northeast-3', destinations: 'ap-northeast-1 ap-northeast-3' },
  { geography: 'au', sources: 'ap-southeast-2 ap-southeast-4', destinations: 'ap-southeast-2 ap-southeast-4' },
  { geography: 'in', sources: 'ap-south-1 ap-south-2', destinations: 'ap-south-1 ap-south-2' },
  {
    geography: 'apac',
    sources:
      'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4',
    destinations:
      'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-4',
  },
];

/** The profile of this model that the application asks for in this Region, and where the request may end up. */
export function geographyOf(
  model: BedrockModel,
  region: string,
): { readonly geography: Geography; readonly regions: readonly string[] } | undefined {
  const row = GEOGRAPHIES.find(
    ({ geography, sources }) => model.geographies.includes(geography) && sources.split(' ').includes(region),
  );
  return row && { geography: row.geography, regions: [...new Set([region, ...row.destinations.split(' ')])] };
}
