import type { ClaudeModels } from '@claude-proxy/claude-models';
import { joinedHeaderOf, type UpstreamRequest } from '@claude-proxy/upstream';
import { ALL_MODELS, modelClassOf, modelFamilyOf } from './model-class.js';

const LONG_CONTEXT_BETA = 'context-1m-';
/** Over 200,000 tokens of some 4 bytes a request draws on the limit of long contexts, with the beta or without. */
const LONG_CONTEXT_BYTES = 800_000;

/** Names the limits that a request draws on, for any credential. */
export class LimitScopes {
  constructor(private readonly models: ClaudeModels) {}

  /** All that apply to the request; narrowest first. */
  of(request: UpstreamRequest): readonly string[] {
    const longContext = isLongContext(request) ? [this.longContextOf(request)] : [];
    return [this.bucketOf(request), ...longContext, this.familyOf(request), ALL_MODELS];
  }

  /** Fast mode has limits of its own beside those of its model. */
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
