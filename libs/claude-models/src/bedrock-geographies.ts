import type { BedrockModel, Geography } from './claude-model.js';

interface GeographyRow {
  readonly geography: Geography;
  /** Regions in which a profile of this geography can be called. */
  readonly sources: string;
  /** Regions to which it may send a request, besides the one in which it was called. */
  readonly destinations: string;
}

/**
 * Preferred first: `apac` remains for Sonnet 4 alone, and a current model does not exist under it. Regions that are not
 * listed (sa-east-1, il-, me-, af-, mx- and others) have `global` only.
 * Source: AWS, "Supported Regions and models for inference profiles", November 2026.
 */
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

/** The geography whose profile of this model can be called in a Region, and the Regions that may get the request. */
export function geographyOf(
  { geographies }: BedrockModel,
  region: string,
): { readonly geography: Geography; readonly regions: readonly string[] } | undefined {
  const row = GEOGRAPHIES.find(
    ({ geography, sources }) => geographies.includes(geography) && sources.split(' ').includes(region),
  );
  return row && { geography: row.geography, regions: [...new Set([region, ...row.destinations.split(' ')])] };
}
