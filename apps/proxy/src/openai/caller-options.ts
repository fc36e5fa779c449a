import type { ClaudeModel } from '@claude-proxy/claude-models';
import type { JsonObject } from './json-object.js';

export interface ToolOption {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly parameters?: JsonObject | null | undefined;
  readonly strict?: boolean | null | undefined;
}

/** `named` carries the tool. */
export type ToolChoiceOption =
  | { readonly kind: 'none' | 'auto' | 'required' }
  | { readonly kind: 'named'; readonly name: string };

/** What a caller wants of the answer, in whichever of OpenAI's two forms it was said. */
export interface CallerOptions {
  readonly model: ClaudeModel;
  readonly maxTokens?: number | null | undefined;
  readonly temperature?: number | null | undefined;
  readonly topP?: number | null | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly tools: readonly ToolOption[];
  readonly toolChoice?: ToolChoiceOption | undefined;
  readonly isParallel?: boolean | null | undefined;
  readonly effort?: string | null | undefined;
  /** The schema that the answer has to match. */
  readonly schema?: JsonObject | undefined;
  /** Extra member of the body, passed on. */
  readonly thinking?: JsonObject | undefined;
  readonly user?: string | null | undefined;
  readonly serviceTier?: string | null | undefined;
  /** Asked for prompt caching: for how long. */
  readonly caching?: '5m' | '1h' | undefined;
  /** The history holds tool calls, whose thinking OpenAI's form has lost. */
  readonly hasToolCalls: boolean;
}

/** A body for the Messages API, and what the caller wanted in vain. */
export interface Translated {
  readonly body: JsonObject;
  readonly model: ClaudeModel;
  readonly isStream: boolean;
  /** Told to the caller in `x-claude-proxy-dropped`. */
  readonly dropped: readonly string[];
}
