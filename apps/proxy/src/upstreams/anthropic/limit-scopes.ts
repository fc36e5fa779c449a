import { joinedHeaderOf, type UpstreamRequest } from '@claude-proxy/upstream';
import { ALL_MODELS, modelClassOf, modelFamilyOf } from './model-class.js';

const LONG_CONTEXT_BETA = 'context-1m-';
/** Over 200,000 tokens of some 4 bytes a request draws on the limit of long contexts, with the beta or without. */
const LONG_CONTEXT_BYTES = 800_000;

/** The limits, of those that one credential has, that apply to a request; narrowest first. */
export function limitScopesOf(request: UpstreamRequest): readonly string[] {
  const { model } = request;
  const longContext = isLongContext(request) ? [longContextScopeOf(model)] : [];
  return [bucketOf(request), ...longContext, modelFamilyOf(model), ALL_MODELS];
}

/** Fast mode has limits of its own beside those of its model. */
export function bucketOf({ model, speed }: UpstreamRequest): string {
  return speed === 'fast' ? `${modelClassOf(model)}:fast` : modelClassOf(model);
}

export function longContextScopeOf(model: string): string {
  return `${modelClassOf(model)}:long-context`;
}

export function isLongContext({ body, headers }: UpstreamRequest): boolean {
  if (body.length > LONG_CONTEXT_BYTES) return true;
  return joinedHeaderOf(headers, 'anthropic-beta')?.includes(LONG_CONTEXT_BETA) ?? false;
}
