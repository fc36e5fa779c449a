import { z } from 'zod';
import { textBlock } from './conversation.js';
import type { JsonObject } from './json-object.js';
import { invalid, invalidShape, quoted, unsupported } from './refusals.js';

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const BASE64 = ';base64';
/** Of a data URL, up to its comma. */
const MAX_HEAD_CHARACTERS = 1_024;

const fileShape = z.object({
  file_data: z.string().optional(),
  file_url: z.string().optional(),
  filename: z.string().optional(),
  file_id: z.string().nullish(),
});

interface DataUrl {
  readonly mediaType: string;
  readonly data: string;
}

/** An image given as a data URL or by its address. */
export function imageBlock(url: string, param: string): JsonObject {
  if (/^https?:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } };
  const { mediaType, data } = dataUrlOf(url) ?? {};
  if (mediaType === undefined || !IMAGE_TYPES.includes(mediaType)) {
    throw invalid(
      param,
      `${param} must be an http(s) URL or a base64 data URL of ${IMAGE_TYPES.join(', ')}.`,
      'invalid_image_url',
    );
  }
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
}

/** A PDF or a text, inside the request or by its address. */
export function documentBlock(file: unknown, param: string): JsonObject {
  const parsed = fileShape.safeParse(file);
  if (!parsed.success) throw invalidShape(parsed.error, param);
  const { file_data, file_url, filename, file_id } = parsed.data;
  const title = filename === undefined ? {} : { title: filename };
  if (file_url !== undefined) return { type: 'document', source: { type: 'url', url: file_url }, ...title };
  if (file_data !== undefined) return { type: 'document', source: sourceOf(file_data, filename, param), ...title };
  if (file_id) throw unsupported(`${param}.file_id`, 'files of OpenAI are not at hand here; send file_data');
  throw invalid(param, `${param} needs file_data.`, 'invalid_value');
}

function sourceOf(fileData: string, filename: string | undefined, param: string): JsonObject {
  const { mediaType, data } = dataUrlOf(fileData) ?? { mediaType: typeByName(filename), data: fileData };
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data };
  if (mediaType?.startsWith('text/')) {
    return { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString() };
  }
  throw invalid(
    `${param}.file_data`,
    `${param}.file_data must be a PDF or a text as a base64 data URL.`,
    'invalid_value',
  );
}

function typeByName(filename: string | undefined): string | undefined {
  if (filename === undefined || /\.pdf$/i.test(filename)) return 'application/pdf';
  return /\.(txt|md|csv)$/i.test(filename) ? 'text/plain' : undefined;
}

/** Looks at the head only: the data may be megabytes. */
function dataUrlOf(url: string): DataUrl | undefined {
  const comma = url.indexOf(',');
  const head = comma === -1 || comma > MAX_HEAD_CHARACTERS ? '' : url.slice(0, comma);
  if (!head.startsWith('data:') || !head.endsWith(BASE64)) return undefined;
  const [mediaType = ''] = head.slice('data:'.length, -BASE64.length).split(';');
  return { mediaType: mediaType.toLowerCase(), data: url.slice(comma + 1) };
}

const textShape = z.object({ text: z.string() });
const imageShape = z.object({ image_url: z.object({ url: z.string() }) });
const refusalShape = z.object({ refusal: z.string() });

export interface ContentPart {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Content of a chat message: a text, or a list of parts. */
export function blocksOfContent(
  content: string | readonly ContentPart[] | null | undefined,
  param: string,
): JsonObject[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return [textBlock(content)];
  return content.map((part, index) => blockOfPart(part, `${param}[${index}]`));
}

function blockOfPart(part: ContentPart, param: string): JsonObject {
  switch (part.type) {
    case 'text':
      return textBlock(checked(textShape, part, param).text);
    case 'image_url':
      return imageBlock(checked(imageShape, part, param).image_url.url, `${param}.image_url.url`);
    case 'file':
      return documentBlock(part.file, `${param}.file`);
    case 'refusal':
      return textBlock(checked(refusalShape, part, param).refusal);
    default:
      throw unsupported(param, `Claude has no content of type ${quoted(part.type)}`);
  }
}

function checked<Shape extends z.ZodType>(shape: Shape, value: unknown, param: string): z.infer<Shape> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidShape(parsed.error, param);
}

/** The text of a system message; anything but text has no place there. */
export function textOfContent(content: string | readonly ContentPart[], param: string): string {
  const blocks = blocksOfContent(content, param);
  const odd = blocks.findIndex(({ type }) => type !== 'text');
  if (odd !== -1) throw unsupported(`${param}[${odd}]`, 'a system message is text only');
  return blocks.map(({ text }) => String(text)).join('\n');
}
