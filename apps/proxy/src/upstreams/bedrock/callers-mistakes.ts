/** The place of the fault in the request, or AWS's prefix for messages of the model. */
const START = String.raw`^(?:The model returned the following errors: )?(?:[a-z_]+(?:\.[\w-]+)*: )*`;

/**
 * Messages about requests that are invalid on every platform. Anchored, because a refusal of
 * another kind can quote the request. Excludes limits that differ between Bedrock and Anthropic: the lengths
 * of prompts, answers and names.
 */
const MISTAKES: readonly RegExp[] = [
  '`?tool_use`? ids (?:were found without|must be unique)',
  'unexpected `?tool_use_id`? found in',
  '(?:each|every) `?tool_use`? (?:block )?must have a (?:single|corresponding)',
  '`?tool_result`? blocks? .{0,80}(?:must|without|corresponding)',
  '(?:the )?image (?:exceeds|dimensions exceed|was specified using|cannot be empty)',
  '(?:at least one of the image dimensions|one of the images) exceeds?',
  'could not process (?:the )?(?:image|pdf|document)',
  'too many images',
  '(?:the )?pdf (?:specified|provided) (?:was|is) ',
  'a maximum of \\d+ pdf pages',
  'text content blocks must (?:be non-empty|contain non-whitespace text)',
  'all messages must have non-empty content',
  'at least one message is required',
  'final assistant content cannot end with trailing whitespace',
  'roles must alternate',
  'first message must use the',
  '`?max_tokens`? must be greater than `?thinking\\.budget_tokens',
  'this model does not support assistant message prefill',
].map((words) => new RegExp(START + words, 'i'));

/** No such refusal has a longer prefix. */
const MAX_LOOKED_AT = 1_000;

/** True if the caller must change the request, so that the client gets the refusal. */
export function isCallersMistake(message: string): boolean {
  const text = message.slice(0, MAX_LOOKED_AT);
  return MISTAKES.some((mistake) => mistake.test(text));
}
