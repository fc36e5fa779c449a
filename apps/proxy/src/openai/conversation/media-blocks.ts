import { isJsonObject, type JsonObject, textOf } from '../json-object.js';
import { invalid } from '../refusals.js';
import { dataUrlOf, plainBase64 } from './data-url.js';

/** Other names of the types that Claude takes. */
const SYNONYMS: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'application/x-pdf': 'application/pdf',
};
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
/** How the bytes begin, in base64. Claude refuses an image whose bytes are of another type than it says. */
const BEGINNINGS: readonly (readonly [beginning: RegExp, mediaType: string])[] = [
  [/^\/9j\//, 'image/jpeg'],
  [/^iVBORw0KGg/, 'image/png'],
  [/^R0lGOD/, 'image/gif'],
  [/^UklGR.{6}XRUJQ/, 'image/webp'],
  [/^JVBERi0/, 'application/pdf'],
];
const TEXTS = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|typescript|x-sh|toml|sql)\b)/;
const TEXT_NAMES =
  /\.(?:txt|md|csv|tsv|json|jsonl|xml|yaml|yml|toml|html?|css|[cm]?[jt]sx?|py|rb|go|rs|java|c|h|cpp|sh|sql|log)$/i;

/** An image as a data URL or by its address; undefined for a type that Claude does not take. */
export function imageBlock(url: string, param: string): JsonObject | undefined {
  if (/^https?:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } };
  const given = dataUrlOf(url);
  if (!given) {
    const message = `${param} must be an http(s) URL or a data URL of ${IMAGE_TYPES.join(', ')}.`;
    throw invalid(param, message, 'invalid_image_url');
  }
  return imageOf(given.mediaType, given.data);
}

/** An image in Anthropic's own form. */
export function imageOfSource(source: unknown): JsonObject | undefined {
  if (!isJsonObject(source)) return undefined;
  if (source.type === 'url' && typeof source.url === 'string') {
    return { type: 'image', source: { type: 'url', url: source.url } };
  }
  return source.type === 'base64' ? imageOf(textOf(source.media_type), plainBase64(textOf(source.data))) : undefined;
}

function imageOf(declared: string, data: string): JsonObject | undefined {
  const mediaType = typeOfBytes(data) ?? SYNONYMS[declared] ?? declared;
  if (!IMAGE_TYPES.includes(mediaType) || data === '') return undefined;
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
}

function typeOfBytes(data: string): string | undefined {
  const head = data.slice(0, 24);
  return BEGINNINGS.find(([beginning]) => beginning.test(head))?.[1];
}

/** A PDF, a text or an image inside the request, or a file by its address; undefined for anything else. */
export function fileBlock(file: JsonObject): JsonObject | undefined {
  const { file_data: data, file_url: url, filename } = file;
  const title = typeof filename === 'string' && filename !== '' ? { title: filename } : {};
  if (typeof url === 'string') return { type: 'document', source: { type: 'url', url }, ...title };
  if (typeof data !== 'string' || data === '') return undefined;
  const given = dataUrlOf(data) ?? { mediaType: '', data: plainBase64(data) };
  const mediaType = typeOfBytes(given.data) ?? SYNONYMS[given.mediaType] ?? given.mediaType;
  if (IMAGE_TYPES.includes(mediaType)) return imageOf(mediaType, given.data);
  const source = sourceOf(mediaType, given.data, textOf(filename));
  return source && { type: 'document', source, ...title };
}

function sourceOf(mediaType: string, data: string, filename: string): JsonObject | undefined {
  const isUnnamed = mediaType === '' && filename === '';
  if (mediaType === 'application/pdf' || isUnnamed || (mediaType === '' && /\.pdf$/i.test(filename))) {
    return { type: 'base64', media_type: 'application/pdf', data };
  }
  const isText = TEXTS.test(mediaType) || TEXT_NAMES.test(filename);
  if (!isText) return undefined;
  return { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString() };
}
