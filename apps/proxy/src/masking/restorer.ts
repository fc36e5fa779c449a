import type { MaskMap, MaskOptions, RestoreCounts } from '@claude-proxy/masking';

/** What an answer is restored with. */
export interface Restorer {
  readonly map: MaskMap;
  readonly options: MaskOptions;
  readonly counts: RestoreCounts;
  readonly signal: AbortSignal;
}
