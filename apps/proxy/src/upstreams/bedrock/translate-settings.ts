import { createHash } from 'node:crypto';
import { BETA } from '@claude-proxy/claude-models';
import type { JsonView } from '@claude-proxy/messages-api';
import { type Draft, leaveOut } from './draft.js';
import { policyOfField } from './field-policies.js';
import { objectsIn } from './message-blocks.js';

/** Translates the members of the body that control the answer into those of the model on Bedrock. */

/** Members that move into the path, or are added again in Bedrock's format. */
const ELSEWHERE = ['model', 'stream', 'betas', 'anthropic_beta', 'anthropic_version', 'thread', 'inference_geo'];
/** Empty at this point, which the acceptance check ensures. */
const EMPTY = ['container', 'mcp_servers'];
/** Handled by separate functions, because models differ. */
const BY_MODEL = new Set(['context_management', 'compaction']);

export function editFields(draft: Draft): void {
  const { root, edits } = draft;
  for (const field of [...ELSEWHERE, ...EMPTY]) edits.remove(root, field);
  for (const { key, value } of root.members()) {
    const policy = policyOfField(key);
    if (!policy && value.isNull) edits.remove(root, key);
    if (policy?.policy !== 'left_out' || BY_MODEL.has(key)) continue;
    if (policy.withoutLoss?.includes(scalarOf(value))) edits.remove(root, key);
    else leaveOut(draft, root, key, key);
  }
}

/** Bedrock takes input and `max_tokens` off its quota when a request starts, however long the answer will be. */
export function editMaxTokens({ root, edits }: Draft, maxTokens: number | undefined): void {
  if (maxTokens === undefined) return;
  const asked = scalarOf(root.get('max_tokens'));
  if (typeof asked === 'number' && asked > maxTokens) edits.set(root, 'max_tokens', String(maxTokens));
}

const isDefaultSampling: Readonly<Record<string, (value: unknown) => boolean>> = {
  temperature: (value) => value === 1,
  top_p: (value) => typeof value === 'number' && value >= 0.99,
};

/** Removes only values without effect. Other values are sent, because dropping them would change the answer. */
export function editSampling({ root, edits, capabilities: { sampling } }: Draft): void {
  const isDefault = (key: string) => isDefaultSampling[key]!(scalarOf(root.get(key)));
  if (sampling === 'all') return;
  const isDoubled = root.has('temperature') && root.has('top_p');
  if (sampling === 'temperature_or_top_p' && !isDoubled) return;
  const removable = Object.keys(isDefaultSampling).filter((key) => root.has(key) && isDefault(key));
  const removed = sampling === 'none' ? removable : removable.slice(0, 1);
  for (const key of removed) edits.remove(root, key);
}

/**
 * `enabled` with a budget becomes `adaptive` if the model has only that. Without the thinking of earlier turns it is
 * disabled if possible, because a model with a budget requires that the last turn starts with thinking.
 */
export function editThinking(draft: Draft, isOff: boolean): void {
  const { root, edits, capabilities, betas } = draft;
  const thinking = root.get('thinking');
  if (!thinking?.isObject) return;
  if (isOff && capabilities.thinkingTypes.includes('disabled')) {
    edits.replace(thinking, '{"type":"disabled"}');
    draft.leftOut.add('thinking');
    return;
  }
  edits.removeRepeated(thinking);
  if (thinking.text('type') === 'enabled' && !capabilities.thinkingTypes.includes('enabled')) {
    edits.set(thinking, 'type', '"adaptive"');
    leaveOut(draft, thinking, 'budget_tokens', 'thinking.budget_tokens');
  }
  editDisplay(draft, thinking);
  if (!betas.has(BETA.thinkingBindingControls)) leaveOut(draft, thinking, 'block_binding', 'thinking.block_binding');
}

/** If a model shows thinking only on request, a display that it does not accept becomes `summarized`. */
function editDisplay(draft: Draft, thinking: JsonView): void {
  const { edits, capabilities, betas } = draft;
  const display = thinking.text('display');
  if (display === undefined) return;
  const hasBeta = display !== 'updates' || betas.has(BETA.thinkingDisplayUpdates);
  if (hasBeta && capabilities.thinkingDisplays.includes(display)) return;
  if (capabilities.thinkingDisplays.length > 0) {
    edits.set(thinking, 'display', '"summarized"');
    draft.leftOut.add(`thinking.display:${display}`);
  } else if (display === 'omitted') leaveOut(draft, thinking, 'display', 'thinking.display');
  else edits.remove(thinking, 'display');
}

/** `output_format` is the old spelling of `output_config.format`. A format is never dropped; Bedrock decides. */
export function editOutputConfig(draft: Draft): void {
  const { root, edits, capabilities, betas } = draft;
  const format = root.get('output_format');
  const config = root.get('output_config');
  const isOldSpelling = format?.isObject && !config?.get('format')?.isObject;
  edits.remove(root, 'output_format');
  if (!config?.isObject) {
    edits.remove(root, 'output_config');
    if (isOldSpelling) edits.append(root, `"output_config":{"format":${format.raw()}}`);
    return;
  }
  edits.removeRepeated(config);
  const hasEffort = capabilities.effort === 'yes' || (capabilities.effort === 'with_beta' && betas.has(BETA.effort));
  if (!hasEffort) leaveOut(draft, config, 'effort', 'output_config.effort');
  leaveOut(draft, config, 'task_budget', 'output_config.task_budget');
  if (isOldSpelling) edits.set(config, 'format', format.raw());
}

/** Keeps the supported edits. Without one, or without the beta, the field is removed. */
export function editContextManagement(draft: Draft): void {
  const { root, edits, names } = draft;
  const management = root.get('context_management');
  if (!management) return;
  const list = management.get('edits');
  for (const [index, edit] of (list?.items() ?? []).entries()) {
    if (isCarriedOut(edit, draft)) {
      renameTexts(edit.get('exclude_tools'), draft);
      renameTexts(edit.get('clear_tool_inputs'), draft);
      continue;
    }
    edits.removeItem(list!, index);
    if (!changesNothing(edit)) draft.leftOut.add(`context_management.${edit.text('type')}`);
  }
  if (!list?.isArray || edits.leavesEmpty(list)) edits.remove(root, 'context_management');

  function renameTexts(texts: JsonView | undefined, { edits }: Draft): void {
    for (const text of texts?.items() ?? []) {
      const short = names.shortOf(text.asText() ?? 'a');
      if (short) edits.replace(text, JSON.stringify(short));
    }
  }
}

function isCarriedOut(edit: JsonView, { capabilities, betas }: Draft): boolean {
  const type = edit.text('type') ?? '';
  const beta = type.startsWith('compact_') ? BETA.compactEdit : BETA.contextManagement;
  return capabilities.contextEdits.includes(type) && betas.has(beta);
}

/** True for an edit that keeps all thinking, which is the default. */
function changesNothing(edit: JsonView): boolean {
  return (edit.text('type')?.startsWith('clear_thinking_') ?? false) && edit.text('keep') === 'all';
}

export function editCompaction(draft: Draft): void {
  if (!draft.betas.has(BETA.compaction)) leaveOut(draft, draft.root, 'compaction', 'compaction');
}

/** Claude Code's JSON does not match Bedrock's pattern for `user_id`. A hash still distinguishes users. */
export function editMetadata({ root, edits }: Draft): void {
  const metadata = root.get('metadata');
  if (!metadata) return;
  const userId = metadata.text('user_id');
  if (userId === undefined) edits.remove(root, 'metadata');
  else edits.replace(metadata, JSON.stringify({ user_id: createHash('sha256').update(userId).digest('hex') }));
}

/** Without the field the answer has no verdict, and without its beta the field is refused. */
export function editSafeguards(draft: Draft): void {
  const { root, edits, betas } = draft;
  if (objectsIn(root.get('safeguards')).length === 0) edits.remove(root, 'safeguards');
  else if (!betas.has(BETA.dangerousToolUse)) leaveOut(draft, root, 'safeguards', 'safeguards');
}

function scalarOf(value: JsonView | undefined): unknown {
  return value && !value.isObject && !value.isArray ? value.value() : undefined;
}
