import { JsonView } from '@claude-proxy/messages-api';

const SOURCES = new Set(['base64', 'file', 'url']);
/** One of these is in every request with a blob. */
const NAMES = ['"source"', '"file_id"'].map((name) => Buffer.from(name));
const MAX_DEPTH = 12;

/** The places of images, PDFs and files in a request, such as `messages.2.content.1`. */
export function blobsIn(body: Buffer): string[] {
  // Most requests have none, which a search of the bytes finds out.
  return NAMES.some((name) => body.includes(name)) ? find(JsonView.of(body), '', 0) : [];
}

function find(view: JsonView, place: string, depth: number): string[] {
  if (depth > MAX_DEPTH) return [];
  if (view.isArray) return view.items().flatMap((item, index) => find(item, joined(place, index), depth + 1));
  if (!view.isObject) return [];
  if (SOURCES.has(view.get('source')?.text('type') ?? '') || view.text('type') === 'container_upload') return [place];
  const members = view.members().filter(({ key }) => key !== 'input' && key !== 'tools');
  return members.flatMap(({ key, value }) => find(value, joined(place, key), depth + 1));
}

function joined(place: string, name: string | number): string {
  return place === '' ? String(name) : `${place}.${name}`;
}
