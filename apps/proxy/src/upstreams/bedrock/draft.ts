import type { JsonEdits, JsonView } from '@claude-proxy/messages-api';
import type { Capabilities } from './model-capabilities.js';
import type { ToolNames } from './tool-names.js';

/** A Messages API body during its translation for Bedrock: the original and its edits. */
export interface Draft {
  readonly root: JsonView;
  readonly edits: JsonEdits;
  readonly capabilities: Capabilities;
  readonly betas: ReadonlySet<string>;
  readonly names: ToolNames;
  /** Names of the dropped parts: `service_tier`, `tools.strict`, a beta. */
  readonly leftOut: Set<string>;
}

/** Removes a member. It is reported as dropped unless it was null, which has no effect. */
export function leaveOut(draft: Draft, object: JsonView, key: string, name: string): void {
  const isAsked = object.get(key)?.isNull === false;
  if (draft.edits.remove(object, key) && isAsked) draft.leftOut.add(name);
}
