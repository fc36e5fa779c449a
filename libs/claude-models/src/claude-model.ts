import type { BedrockBeta } from './bedrock-betas.js';

/** US dollars per million tokens. Cache writes cost 1.25 (5 minutes) and 2 times (1 hour) the input. */
export interface ModelPrices {
  readonly input: number;
  readonly output: number;
  /** A tenth of the input where it is not given. */
  readonly cacheRead?: number;
}

/** Higher prices for the whole request once its input, cache included, exceeds a number of tokens. */
export interface PriceStep extends ModelPrices {
  readonly aboveInputTokens: number;
}

type Sampling = 'all' | 'temperature_or_top_p' | 'none';
type ThinkingType = 'adaptive' | 'enabled' | 'disabled' | 'between_tools';
type ThinkingDisplay = 'summarized' | 'omitted' | 'updates';
export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** What the model accepts in a request, on every platform. */
export interface ModelCapabilities {
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  /** Which of temperature, top_p and top_k it accepts; a value that it does not accept is a 400. */
  readonly sampling: Sampling;
  readonly thinkingTypes: readonly ThinkingType[];
  /** `thinking.display`; empty where the field is a 400. */
  readonly thinkingDisplays: readonly ThinkingDisplay[];
  /** Ascending; empty where `output_config.effort` is a 400. */
  readonly efforts: readonly Effort[];
  /** `tool_choice` of `any` or `tool`; a 400 elsewhere. */
  readonly takesForcedTools: boolean;
  /** `role: "system"` after the first message. */
  readonly takesSystemTurns: boolean;
  /** `speed: "fast"`, at twice the price; only the Claude API has it. */
  readonly hasFastMode?: boolean;
}

export type Geography = 'us' | 'eu' | 'jp' | 'au' | 'in' | 'apac';

/** What AWS Bedrock has of a model. */
export interface BedrockModel {
  /** Without the prefix of an inference profile. Ids follow three naming eras and cannot be derived from the name. */
  readonly baseId: string;
  /** Geographies that have an inference profile of it, besides `global`. */
  readonly geographies: readonly Geography[];
  /** @default true */
  readonly hasGlobal?: boolean;
  /** Regional profiles cost a tenth more than global ones. @default true, as from the 4.5 generation on */
  readonly hasRegionalSurcharge?: boolean;
  /** `cache_control.ttl`. @default true */
  readonly hasCacheTtl?: boolean;
  /** The kinds of `context_management.edits` that it carries out. @default none */
  readonly contextEdits?: readonly string[];
  /** One that the model does not know fails the whole request. @default none */
  readonly betas?: readonly BedrockBeta[];
}

/** A Claude model: its names, dates, capabilities, prices and its place on Bedrock. Dates are UTC days, `YYYY-MM-DD`. */
export interface ClaudeModel extends ModelCapabilities {
  readonly id: string;
  /** Further names of exactly this model at the Claude API. */
  readonly aliases?: readonly string[];
  /** What tools that speak OpenAI may call it, such as `opus`. */
  readonly shortName?: string;
  readonly displayName: string;
  readonly released: string;
  /** The day on which Anthropic announced the end. */
  readonly deprecated?: string;
  /** The first day on which the Claude API no longer answers for it. */
  readonly retires?: string;
  /** The id that Anthropic recommends instead. */
  readonly successor?: string;
  /** Only some accounts have access: answered when a request names it, and not listed. */
  readonly isLimited?: boolean;
  /** What a subscription's weekly limit is named after, such as `opus`. Absent: read from the id. */
  readonly family?: string;
  /** Models with the same group share a rate limit of the Claude API. Absent: read from the id. */
  readonly limitGroup?: string;
  /** Absent: not known, so that costs are null. */
  readonly prices?: ModelPrices;
  readonly priceSteps?: readonly PriceStep[];
  /** Absent: AWS Bedrock does not have it, or its id there is not public. */
  readonly bedrock?: BedrockModel;
}
