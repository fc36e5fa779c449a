import { BETA, type ClaudeModel, type ModelCapabilities } from '@claude-proxy/claude-models';
import { z } from 'zod';

/** The shape of a row of MODELS_FILE. The `error` of each member is what an operator reads after "allowed:". */

const MAX_NAME_LENGTH = 100;
const NAME = new RegExp(`^[A-Za-z0-9][\\w.:-]{0,${MAX_NAME_LENGTH - 1}}$`);

const name = matching(NAME, `a name of at most ${MAX_NAME_LENGTH} letters, digits, ".", "_", ":" and "-"`);
const label = matching(/^[a-z0-9][a-z0-9-]{0,49}$/, 'at most 50 small letters, digits and "-", such as "opus-5"');
const day = z.iso.date({ error: 'a day such as "2026-12-01"' });
const flag = z.boolean({ error: 'true or false' });
const dollars = numberFrom(0, 'US dollars per million tokens, a number from 0 on');
const tokens = z.int({ error: 'a whole number of tokens from 1 on' }).min(1, 'a whole number of tokens from 1 on');

const prices = { input: dollars, output: dollars, cacheRead: dollars.optional() };

const capabilities = {
  contextTokens: tokens,
  maxOutputTokens: tokens,
  sampling: oneOf('all', 'temperature_or_top_p', 'none'),
  thinkingTypes: listOf(oneOf('adaptive', 'enabled', 'disabled', 'between_tools')),
  thinkingDisplays: listOf(oneOf('summarized', 'omitted', 'updates')),
  efforts: listOf(oneOf('low', 'medium', 'high', 'xhigh', 'max')),
  takesForcedTools: flag,
  takesSystemTurns: flag,
} satisfies Record<Exclude<keyof ModelCapabilities, 'hasFastMode'>, z.ZodType>;

const bedrock = members({
  baseId: matching(
    /^anthropic\.[\w.:-]{1,200}$/,
    'an id of Bedrock without the prefix of a profile, such as "anthropic.claude-opus-5-5"',
  ),
  geographies: listOf(oneOf('us', 'eu', 'jp', 'au', 'in', 'apac')),
  hasGlobal: flag.optional(),
  hasRegionalSurcharge: flag.optional(),
  hasCacheTtl: flag.optional(),
  contextEdits: listOf(matching(/^\w+$/, 'a type such as "clear_tool_uses_20250919"')).optional(),
  betas: listOf(oneOf(...Object.values(BETA))).optional(),
});

export const modelRow = members({
  id: name,
  like: name.optional(),
  aliases: listOf(name).optional(),
  shortName: name.optional(),
  displayName: matching(/^.{1,100}$/u, 'a text of at most 100 characters').optional(),
  released: day.optional(),
  deprecated: day.optional(),
  retires: day.optional(),
  successor: name.optional(),
  isLimited: flag.optional(),
  family: label.optional(),
  limitGroup: label.optional(),
  ...z.object(capabilities).partial().shape,
  hasFastMode: flag.optional(),
  prices: members(prices).optional(),
  priceSteps: listOf(members({ aboveInputTokens: tokens, ...prices })).optional(),
  bedrock: bedrock.optional(),
} satisfies Record<keyof ClaudeModel | 'like', z.ZodType>);

export type ModelRow = z.infer<typeof modelRow>;

/** A row of the file, and how a message names it. */
export interface PlacedRow {
  readonly place: string;
  readonly row: ModelRow;
}

export const CAPABILITIES = Object.keys(capabilities) as readonly (keyof typeof capabilities)[];

function matching(pattern: RegExp, allowed: string) {
  return z.string({ error: allowed }).regex(pattern, allowed);
}

function numberFrom(minimum: number, allowed: string) {
  return z.number({ error: allowed }).min(minimum, allowed);
}

function oneOf<const Value extends string>(...values: readonly Value[]) {
  return z.enum(values, { error: values.map((value) => `"${value}"`).join(', ') });
}

function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: 'a list' });
}

function members<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : 'an object'),
  });
}
