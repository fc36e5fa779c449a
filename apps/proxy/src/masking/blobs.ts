import { JsonView } from '@claude-proxy/messages-api';

const SOURCES = new Set(['base64', 'file', 'url']);
const MAX_DEPTH = 12;

/** The place of the first image, PDF or file in a request, such as `messages.2.content.1`; undefined if there is none. */
export function firstBlob(body: Buffer): string | undefined {
  // Most requests have none, which one look finds out.
  if (!/"(?:source|file_id)"/.test(body.toString('latin1'))) return undefined;
  return find(JsonView.of(body), '', 0);
}

function find(view: JsonView, place: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (view.isArray)
    return firstOf(view.items().map((item, index) => () => find(item, joined(place, index), depth + 1)));
  if (!view.isObject) return undefined;
  if (SOURCES.has(view.get('source')?.text('type') ?? '') || view.text('type') === 'container_upload') return place;
  const members = view.members().filter(({ key }) => key !== 'input' && key !== 'tools');
  return firstOf(
    members.map(
      ({ key, value }) =>
        () =>
          find(value, joined(place, key), depth + 1),
    ),
  );
}

function firstOf(searches: readonly (() => string | undefined)[]): string | undefined {
  for (const search of searches) {
    const found = search();
    if (found !== undefined) return found;
  }
  return undefined;
}

function joined(place: string, name: string | number): string {
  return place === '' ? String(name) : `${place}.${name}`;
}
