import { text } from 'node:stream/consumers';
import { startUpstream } from './start-upstream.js';

interface Stored {
  readonly id: string;
  readonly [field: string]: unknown;
}

const RESOURCE = /^\/v1\/(messages\/batches|files|skills)(?:\/([^/?]+))?(?:\/([a-z]+))?(?:\?(.*))?$/;

/** The objects of one workspace of Anthropic: whoever has its key sees and changes all of them. */
export async function startWorkspace({ resultsOf = (_id: string): string => '' } = {}) {
  const objects = new Map<string, Stored[]>([
    ['skills', [{ id: 'pptx', type: 'skill', source: 'anthropic' }]],
    ['files', []],
    ['messages/batches', []],
  ]);
  const asked: string[] = [];
  let count = 0;
  const upstream = await startUpstream(async (request, response) => {
    const { method, url = '' } = request;
    asked.push(`${method} ${url}`);
    const body = await text(request).catch(() => undefined);
    // The gateway has given the request up.
    if (body === undefined) return;
    const [, kind = '', id, part, query] = RESOURCE.exec(url) ?? [];
    const all = objects.get(kind) ?? [];
    const found = all.find((each) => each.id === id);
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (id === undefined && method === 'POST') {
      count += 1;
      const made = { id: `${kind.split('/').at(-1)}_${count}`, type: kind, source: 'custom' };
      all.unshift(made);
      send(200, made);
    } else if (id === undefined) {
      send(200, pageOf(all, Number(new URLSearchParams(query).get('limit') ?? 20)));
    } else if (!found) send(404, { type: 'error', error: { type: 'not_found_error', message: 'Not found' } });
    else if (part === 'results') response.writeHead(200, { 'content-type': 'application/x-jsonl' }).end(resultsOf(id));
    else if (method === 'DELETE') {
      all.splice(all.indexOf(found), 1);
      send(200, { id, type: 'deleted' });
    } else send(200, found);
  });
  return {
    ...upstream,
    asked,
    objectsOf: (kind: string): readonly Stored[] => objects.get(kind) ?? [],
    /** An object that was not made through the gateway: in the console, or by a tool of Anthropic. */
    place: (kind: string, id: string) => objects.get(kind)!.push({ id, source: 'custom' }),
  };
}

function pageOf(all: readonly Stored[], limit: number) {
  const data = all.slice(0, limit);
  return { data, has_more: all.length > limit, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
