import { BETA, type BedrockBeta, type ClaudeModel } from '@claude-proxy/claude-models';

/** What a model takes on Bedrock's InvokeModel where models differ. */
export interface Capabilities extends Pick<ClaudeModel, 'sampling' | 'thinkingTypes' | 'contextTokens'> {
  readonly thinkingDisplays: readonly string[];
  /** `output_config.effort`; `with_beta` only together with its beta. */
  readonly effort: 'yes' | 'with_beta' | 'no';
  /** `role: "system"` inside `messages`. */
  readonly takesSystemRole: boolean;
  /** `cache_control.ttl`. */
  readonly hasCacheTtl: boolean;
  /** The kinds of `context_management.edits` that it carries out. */
  readonly contextEdits: readonly string[];
  readonly betas: readonly BedrockBeta[];
}

/** For an ARN that does not name its model: what the caller says is kept, and left out when Bedrock refuses it. */
export const CAPABILITIES_OF_UNKNOWN: Capabilities = {
  sampling: 'all',
  thinkingTypes: ['adaptive', 'enabled', 'disabled', 'between_tools'],
  thinkingDisplays: ['summarized', 'omitted', 'updates'],
  effort: 'yes',
  takesSystemRole: true,
  contextTokens: 1_000_000,
  hasCacheTtl: true,
  contextEdits: [],
  betas: Object.values(BETA),
};

/** Those of a model that Bedrock has; of any other nothing is known. */
export function capabilitiesOf(model: ClaudeModel | undefined): Capabilities {
  if (!model?.bedrock) return CAPABILITIES_OF_UNKNOWN;
  const { sampling, thinkingTypes, thinkingDisplays, contextTokens, takesSystemTurns, efforts } = model;
  const { betas = [], contextEdits = [], hasCacheTtl = true } = model.bedrock;
  const effort = betas.includes(BETA.effort) ? 'with_beta' : 'yes';
  return {
    ...{ sampling, thinkingTypes, thinkingDisplays, contextTokens },
    ...{ betas, contextEdits, hasCacheTtl },
    takesSystemRole: takesSystemTurns,
    effort: efforts.length > 0 ? effort : 'no',
  };
}
