import { objectAt, textAt } from '../expect-shape.js';
import { isJsonObject, type JsonObject, textOf } from '../json-object.js';
import type { LeftOut } from '../left-out.js';
import { invalid } from '../refusals.js';
import { breakpointOf, withBreakpoint } from './breakpoints.js';
import { fileBlock, imageBlock, imageOfSource } from './media-blocks.js';
import { textBlock } from './turn.js';

/** One part of a content, and its place. */
export interface Part {
  readonly part: JsonObject;
  readonly param: string;
}

/** Returns undefined for what Claude cannot take. */
type PartReader = (part: JsonObject, param: string) => JsonObject | undefined;

const text: PartReader = (part, param) => textBlock(textAt(part, 'text', param));
const image: PartReader = (part, param) => {
  const { image_url: given } = part;
  const isNested = isJsonObject(given);
  const url = isNested ? given.url : given;
  const place = isNested ? `${param}.image_url.url` : `${param}.image_url`;
  return typeof url === 'string' ? imageBlock(url, place) : undefined;
};

/** Parts of a user's or an assistant's content, in the forms of OpenAI's endpoints and of Anthropic. */
const READERS: Readonly<Record<string, PartReader>> = {
  text,
  input_text: text,
  output_text: text,
  refusal: (part, param) => textBlock(textAt(part, 'refusal', param)),
  image_url: image,
  input_image: image,
  image: ({ source }) => imageOfSource(source),
  file: ({ file }) => (isJsonObject(file) ? fileBlock(file) : undefined),
  input_file: fileBlock,
  document: ({ source, title, context }) =>
    isJsonObject(source) && source.type !== 'file'
      ? { type: 'document', source, ...(title ? { title } : {}), ...(context ? { context } : {}) }
      : undefined,
};

/** The parts of a content: a text, one part, or a list of both. */
export function partsOf(content: unknown, param: string): Part[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return [{ part: textBlock(content), param }];
  if (isJsonObject(content)) return [{ part: content, param }];
  if (!Array.isArray(content)) throw invalid(param, `${param}: expected a text or a list of parts.`, 'invalid_value');
  return content.map((given: unknown, index) => {
    const place = `${param}[${index}]`;
    return { part: typeof given === 'string' ? textBlock(given) : objectAt(given, place), param: place };
  });
}

/** A part as a block. Where Claude cannot take it, a note takes its place, so that Claude can say what is missing. */
export function blockOfPart({ part, param }: Part, leftOut: LeftOut): JsonObject {
  const type = textAt(part, 'type', param);
  const block = Object.hasOwn(READERS, type) ? READERS[type]!(part, param) : undefined;
  if (!block) leftOut.add(param, type);
  return withBreakpoint(block ?? textBlock(`[${type.slice(0, 40)}: not available here]`), breakpointOf(part));
}

export function blocksOfContent(content: unknown, param: string, leftOut: LeftOut): JsonObject[] {
  return partsOf(content, param).map((part) => blockOfPart(part, leftOut));
}

/** The texts of a system message; anything else is left out. */
export function textsOfContent(content: unknown, param: string, leftOut: LeftOut): JsonObject[] {
  return partsOf(content, param).flatMap(({ part, param: place }) => {
    const isText = typeof part.text === 'string' && /text$/.test(textOf(part.type));
    if (!isText) leftOut.add(place, textOf(part.type));
    return isText ? [withBreakpoint(textBlock(textOf(part.text)), breakpointOf(part))] : [];
  });
}
