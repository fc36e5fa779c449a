import type { JsonEdits, JsonView } from '@claude-proxy/messages-api';
import type { Capabilities } from './model-capabilities.js';
import type { ToolNames } from './tool-names.js';

/** A Messages API body on its way to Bedrock: what came, and what changes in it. */
export interface Draft {
  readonly root: JsonView;
  readonly edits: JsonEdits;
  readonly capabilities: Capabilities;
  readonly betas: ReadonlySet<string>;
  readonly names: ToolNames;
  /** What the answer has to do without, by name: `service_tier`, `tools.strict`, a beta. */
  readonly leftOut: Set<string>;
}

/** Removes a member. It is named as left out unless it was null, which asks for nothing. */
export function leaveOut(draft: Draft, object: JsonView, key: string, name: string): void {
  const isAsked = object.get(key)?.isNull === false;
  if (draft.edits.remove(object, key) && isAsked) draft.leftOut.add(name);
}
