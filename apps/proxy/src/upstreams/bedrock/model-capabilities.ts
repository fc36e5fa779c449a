import { BETA, type BedrockBeta, type ClaudeModel } from '@claude-proxy/claude-models';

/** Features in which models differ on Bedrock's InvokeModel. */
export interface Capabilities extends Pick<ClaudeModel, 'sampling' | 'thinkingTypes' | 'contextTokens'> {
  readonly thinkingDisplays: readonly string[];
  /** `output_config.effort`; `with_beta` only together with its beta. */
  readonly effort: 'yes' | 'with_beta' | 'no';
  /** `role: "system"` inside `messages`. */
  readonly takesSystemRole: boolean;
  /** `cache_control.ttl`. */
  readonly hasCacheTtl: boolean;
  /** The supported types of `context_management.edits`. */
  readonly contextEdits: readonly string[];
  readonly betas: readonly BedrockBeta[];
}

/** For an ARN without a model name: fields of the caller are kept, and dropped if Bedrock refuses them. */
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

/** The capabilities of a model on Bedrock, or the default for an unknown one. */
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
