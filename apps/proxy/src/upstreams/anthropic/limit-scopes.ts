import type { ClaudeModels } from '@claude-proxy/claude-models';
import { joinedHeaderOf, type UpstreamRequest } from '@claude-proxy/upstream';
import { ALL_MODELS, modelClassOf, modelFamilyOf } from './model-class.js';

const LONG_CONTEXT_BETA = 'context-1m-';
/** Above 200,000 tokens of about 4 bytes a request uses the limit of long contexts, with or without the beta. */
const LONG_CONTEXT_BYTES = 800_000;

/** Names the limits of a request, for any credential. */
export class LimitScopes {
  constructor(private readonly models: ClaudeModels) {}

  /** All that apply to the request; narrowest first. */
  of(request: UpstreamRequest): readonly string[] {
    const longContext = isLongContext(request) ? [this.longContextOf(request)] : [];
    return [this.bucketOf(request), ...longContext, this.familyOf(request), ALL_MODELS];
  }

  /** Fast mode has separate limits. */
  bucketOf({ model, speed }: UpstreamRequest): string {
    const modelClass = modelClassOf(model, this.models);
    return speed === 'fast' ? `${modelClass}:fast` : modelClass;
  }

  longContextOf({ model }: UpstreamRequest): string {
    return `${modelClassOf(model, this.models)}:long-context`;
  }

  familyOf({ model }: UpstreamRequest): string {
    return modelFamilyOf(model, this.models);
  }
}

export function isLongContext({ body, headers }: UpstreamRequest): boolean {
  if (body.length > LONG_CONTEXT_BYTES) return true;
  return joinedHeaderOf(headers, 'anthropic-beta')?.includes(LONG_CONTEXT_BETA) ?? false;
}
