import { createHash } from 'node:crypto';
import { BETA } from './betas.js';
import { isObject, type JsonObject, withMember, without } from './json-objects.js';
import { objectsIn } from './message-blocks.js';
import type { Capabilities } from './model-capabilities.js';

/** The members of the body that steer the answer, each made what the model takes on Bedrock; `undefined` leaves it out. */

export function translateSampling(body: JsonObject, { sampling }: Capabilities): JsonObject {
  if (sampling === 'none') return without(body, ['temperature', 'top_p', 'top_k']);
  const isDoubled = body.temperature !== undefined && body.top_p !== undefined;
  return sampling === 'temperature_or_top_p' && isDoubled ? without(body, ['top_p']) : body;
}

/** `enabled` with a budget becomes `adaptive` where only that exists. Nothing else is reinterpreted. */
export function translateThinking(thinking: unknown, capabilities: Capabilities, betas: ReadonlySet<string>): unknown {
  if (!isObject(thinking)) return thinking;
  const { thinkingTypes, thinkingDisplays } = capabilities;
  const mustAdapt = thinking.type === 'enabled' && !thinkingTypes.includes('enabled');
  let translated = mustAdapt ? { ...without(thinking, ['budget_tokens']), type: 'adaptive' } : thinking;
  const display = String(translated.display);
  const needsBeta = display === 'updates' && !betas.has(BETA.thinkingDisplayUpdates);
  if (needsBeta || !thinkingDisplays.includes(display)) translated = without(translated, ['display']);
  return betas.has(BETA.thinkingBindingControls) ? translated : without(translated, ['block_binding']);
}

/** `output_format` is the old spelling of `output_config.format`. */
export function translateOutputConfig(
  body: JsonObject,
  capabilities: Capabilities,
  betas: ReadonlySet<string>,
): JsonObject | undefined {
  const source: JsonObject = isObject(body.output_config) ? body.output_config : {};
  const hasEffort = capabilities.effort === 'yes' || (capabilities.effort === 'with_beta' && betas.has(BETA.effort));
  const format = capabilities.hasOutputFormat ? (source.format ?? body.output_format) : undefined;
  const translated = {
    ...(hasEffort && source.effort !== undefined && { effort: source.effort }),
    ...(format !== undefined && { format }),
  };
  return Object.keys(translated).length > 0 ? translated : undefined;
}

/** Keeps the edits that the model carries out here; without one, or without its beta, nothing is left. */
export function translateContextManagement(
  contextManagement: unknown,
  { contextEdits }: Capabilities,
  betas: ReadonlySet<string>,
): JsonObject | undefined {
  if (!isObject(contextManagement)) return undefined;
  const edits = objectsIn(contextManagement.edits).filter(({ type }) => {
    const beta = String(type).startsWith('compact_') ? BETA.compactEdit : BETA.contextManagement;
    return contextEdits.includes(String(type)) && betas.has(beta);
  });
  return edits.length > 0 ? withMember(contextManagement, 'edits', edits) : undefined;
}

/** Bedrock checks `user_id` against a pattern that Claude Code's JSON text fails: a hash still tells users apart. */
export function translateMetadata(metadata: unknown): JsonObject | undefined {
  const userId = isObject(metadata) ? metadata.user_id : undefined;
  if (typeof userId !== 'string') return undefined;
  return { user_id: createHash('sha256').update(userId).digest('hex') };
}
