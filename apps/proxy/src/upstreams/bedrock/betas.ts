import { BETA } from '@claude-proxy/claude-models';
import type { JsonView } from '@claude-proxy/messages-api';

/** No source lists the models that accept them, so they are sent to every model. */
export const SENT_TO_EVERY_MODEL: ReadonlySet<string> = new Set([BETA.dangerousToolUse, BETA.afkMode]);

/** Anthropic's names, and Bedrock's names for the same betas. */
const BEDROCK_NAMES: ReadonlyMap<string, string> = new Map([['advanced-tool-use-2025-11-20', BETA.toolSearch]]);

/** The betas of a request, with Bedrock's names. */
export function requestedBetas(header: string | undefined, body: JsonView): Set<string> {
  const inBody = ['anthropic_beta', 'betas'].flatMap((field) => textsIn(body.get(field)));
  const names = [...(header?.split(',') ?? []), ...inBody].map((beta) => beta.trim()).filter(Boolean);
  return new Set(names.map((name) => BEDROCK_NAMES.get(name) ?? name));
}

function textsIn(field: JsonView | undefined): string[] {
  const values = field?.isArray ? field.items() : [field];
  return values.map((value) => value?.asText()).filter((text) => text !== undefined);
}
