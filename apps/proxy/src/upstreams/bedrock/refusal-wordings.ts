/** The meaning of a refusal of Bedrock. */
export type Refusal =
  /** The prompt, or the prompt and the answer together, does not fit. */
  | { readonly meaning: 'too_long' }
  /** Thinking of earlier turns is not accepted here, or is missing where it is expected. */
  | { readonly meaning: 'thinking' }
  | { readonly meaning: 'system_role' }
  | { readonly meaning: 'beta' }
  | { readonly meaning: 'tool_name'; readonly maxLength: number | undefined }
  /** Fields that must not be there, by their path: `tools.0.custom.strict`. */
  | { readonly meaning: 'fields'; readonly paths: readonly string[] }
  /** A feature that the model does not support, by a name without a path. */
  | { readonly meaning: 'feature'; readonly names: readonly string[] }
  | { readonly meaning: 'other' };

/** Refusals about the form of a request are shorter; the rest is quoted text. */
const MAX_LOOKED_AT = 4_000;

/**
 * From reports of users and from AWS's and Anthropic's documentation. They occur at the start, after
 * `The model returned the following errors: `, or after the place in the request.
 */
const WORDINGS = {
  too_long: [
    /\binput is too long\b/i,
    /\bprompt is too long\b/i,
    /\bexceeds? (?:the )?(?:model'?s? )?(?:maximum )?context (?:limit|length|window)\b/i,
    /\bmaximum context length\b/i,
    /\bnumber of input tokens exceeds\b/i,
    /\btoo many (?:input tokens|total text bytes)\b/i,
    /\bexpected maxLength: \d+, actual: \d+/i,
  ],
  thinking: [
    /invalid `?signature`? in `?(?:redacted_)?thinking/i,
    /\bthinking\.signature\b/,
    /`?(?:redacted_)?thinking`? blocks .{0,80}cannot be modified/i,
    /expected `?thinking`? or `?redacted_thinking`?, but found/i,
    /must start with a thinking block/i,
    /invalid `?data`? in `?redacted_thinking/i,
  ],
  system_role: [
    /\brole ['"`]?system['"`]? is not (?:supported|allowed|permitted)/i,
    /\b(?:unexpected|invalid|unsupported) role:? ['"`]?system\b/i,
    /\bmessages\.\d+\.role: input should be ['"`]?user/i,
    /\bsystem messages? (?:is|are) not (?:supported|allowed|permitted)/i,
  ],
  beta: [
    /\binvalid beta flags?\b/i,
    /\b(?:unexpected|unsupported|unknown|invalid) (?:value\(s\)|values?|betas?)\b.{0,200}\banthropic[-_]beta\b/i,
    /\banthropic[-_]beta\b.{0,200}\b(?:unexpected|unsupported|unknown|invalid|not (?:supported|allowed|recognized))\b/i,
    /\b(?:unsupported|unknown) beta\b/i,
  ],
} as const;

const TOOL_NAME = /\bname: String should (?:have at most (\d+) characters|match pattern)/i;

/** Starts at a word boundary and has at most 200 characters, because fields of the API are shorter. */
const PATH = String.raw`(?<![\w.[\]-])([\w.[\]-]{1,200})`;
const FIELDS: readonly RegExp[] = [
  new RegExp(`${PATH}: extra inputs are not permitted`, 'gi'),
  new RegExp(`${PATH}: (?:unknown|unexpected|unrecognized|unsupported) (?:field|parameter|property|key)\\b`, 'gi'),
];
/** As a JSON pointer and a key: `#/output_config: extraneous key [effort] is not permitted`. */
const EXTRANEOUS_KEY = /#((?:\/[\w.-]{1,60}){0,8}): extraneous key \[([\w.-]{1,100})\]/gi;

const NAME = String.raw`['"\`]?([a-z][\w.]{1,60})['"\`]?`;
const FEATURES: readonly RegExp[] = [
  new RegExp(String.raw`\bdo(?:es)?(?: not|n't) support (?:the )?${NAME}`, 'gi'),
  new RegExp(
    `\\b(?:unknown|unrecognized|unexpected|unsupported|extra) (?:field|parameter|property|key|argument)s?:? ${NAME}`,
    'gi',
  ),
  new RegExp(
    `${NAME}(?: (?:parameter|field))? (?:is|are) not (?:supported|available|allowed|permitted|enabled)\\b`,
    'gi',
  ),
  /\badditional properties are not allowed \(['"]([\w.]{1,60})['"]/gi,
];
/** Features in plain English. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/\bstructured outputs?\b|\boutput formats?\b|\bjson schemas?\b/i, 'output_config.format'],
  [/\b(?:extended|adaptive) thinking\b/i, 'thinking'],
  [/\bstrict (?:tools?|tool use|mode)\b/i, 'strict'],
];
const NOT_SUPPORTED = /\b(?:not (?:supported|available|enabled)|do(?:es)?(?: not|n't) support|unsupported)\b/i;

/**
 * The meaning of a refusal. Quoted text is skipped, because it comes from the caller and not from AWS.
 */
export function refusalOf(message: string): Refusal {
  const text = withoutQuotations(message.slice(0, MAX_LOOKED_AT));
  for (const meaning of ['too_long', 'thinking', 'system_role', 'beta'] as const) {
    if (WORDINGS[meaning].some((wording) => wording.test(text))) return { meaning };
  }
  const name = TOOL_NAME.exec(text);
  if (name) return { meaning: 'tool_name', maxLength: name[1] === undefined ? undefined : Number(name[1]) };
  const paths = pathsIn(text);
  if (paths.length > 0) return { meaning: 'fields', paths };
  const names = namesIn(text);
  return names.length > 0 ? { meaning: 'feature', names } : { meaning: 'other' };
}

function pathsIn(text: string): string[] {
  const named = FIELDS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, path = '']) => path));
  const pointed = [...text.matchAll(EXTRANEOUS_KEY)].map(([, pointer = '', key = '']) =>
    [...pointer.split('/').slice(1), key].join('.'),
  );
  return [...new Set([...named, ...pointed])];
}

function namesIn(text: string): string[] {
  const spoken = NOT_SUPPORTED.test(text) ? SPOKEN.filter(([words]) => words.test(text)).map(([, name]) => name) : [];
  const named = FEATURES.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
  return [...new Set([...spoken, ...named])];
}

/** Keeps quoted names of the API, such as `max_tokens` or "system". Longer quotations come from the caller. */
const QUOTATION = /"((?:[^"\\]|\\.)*)"|`([^`]*)`|(?<!\w)'([^']*)'(?!\w)/g;
const WORD = /^[\w.-]{1,60}$/;

function withoutQuotations(text: string): string {
  return text.replaceAll(QUOTATION, (whole, double, back, single) =>
    WORD.test(double ?? back ?? single ?? '') ? whole : '""',
  );
}
