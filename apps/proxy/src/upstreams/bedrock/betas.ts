import { BETA } from '@claude-proxy/claude-models';
import type { JsonView } from '@claude-proxy/messages-api';

/** No source says which models take them: every model is asked. */
export const SENT_TO_EVERY_MODEL: ReadonlySet<string> = new Set([BETA.dangerousToolUse, BETA.afkMode]);

/** Names that only Anthropic knows, and what Bedrock calls the same. */
const BEDROCK_NAMES: ReadonlyMap<string, string> = new Map([['advanced-tool-use-2025-11-20', BETA.toolSearch]]);

/** The betas that a caller asks for, by Bedrock's names. */
export function requestedBetas(header: string | undefined, body: JsonView): Set<string> {
  const inBody = ['anthropic_beta', 'betas'].flatMap((field) => textsIn(body.get(field)));
  const names = [...(header?.split(',') ?? []), ...inBody].map((beta) => beta.trim()).filter(Boolean);
  return new Set(names.map((name) => BEDROCK_NAMES.get(name) ?? name));
}

function textsIn(field: JsonView | undefined): string[] {
  const values = field?.isArray ? field.items() : [field];
  return values.map((value) => value?.asText()).filter((text) => text !== undefined);
}
