const BASE64 = ';base64';
/** Of a data URL, up to its comma. */
const MAX_HEAD_CHARACTERS = 1_024;

export interface DataUrl {
  readonly mediaType: string;
  /** In base64. */
  readonly data: string;
}

/** Looks at the head only: the data may be megabytes. */
export function dataUrlOf(url: string): DataUrl | undefined {
  const comma = url.indexOf(',');
  const head = comma === -1 || comma > MAX_HEAD_CHARACTERS ? '' : url.slice(0, comma);
  if (!/^data:/i.test(head)) return undefined;
  const [mediaType = ''] = head.slice('data:'.length).split(';');
  const rest = url.slice(comma + 1);
  const data = head.toLowerCase().endsWith(BASE64) ? plainBase64(rest) : base64OfText(rest);
  return data === undefined ? undefined : { mediaType: mediaType.trim().toLowerCase(), data };
}

/** Without the line breaks and in the alphabet that Anthropic takes. */
export function plainBase64(data: string): string {
  const isUsual = !/[\s%_-]/.test(data);
  return isUsual ? data : decoded(data).replaceAll(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
}

function base64OfText(text: string): string {
  return Buffer.from(decoded(text)).toString('base64');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
