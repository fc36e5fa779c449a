import type { ClaudeModel } from '@claude-proxy/claude-models';
import type { JsonObject } from '../json-object.js';
import type { ToolOption } from '../tools/read-tools.js';
import type { ToolChoiceOption } from '../tools/tool-choice.js';

/** What a caller wants of the answer, in whichever of OpenAI's forms it was said. */
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
  /** Asked for a summary of the thinking. */
  readonly wantsSummary?: boolean;
  /** The schema that the answer has to match. */
  readonly schema?: JsonObject | undefined;
  /** Extra member of the body, in Anthropic's words. */
  readonly thinking?: JsonObject | undefined;
  readonly user?: string | null | undefined;
  readonly serviceTier?: string | null | undefined;
  /** The history has a call without the thinking before it. */
  readonly lacksThinking: boolean;
}
