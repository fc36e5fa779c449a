import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { startUpstream } from './start-upstream.js';

interface Stored {
  readonly id: string;
  readonly [field: string]: unknown;
}

interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
}

const RESOURCE = /^\/v1\/(messages\/batches|files|skills)(?:\/([^/?]+))?(?:\/([a-z]+))?(?:\?(.*))?$/;

/** The objects of one workspace at Anthropic. Its key gives access to all of them. */
export async function startWorkspace({ resultsOf = (_id: string): string => '' } = {}) {
  const objects = new Map<string, Stored[]>([
    ['skills', [{ id: 'pptx', type: 'skill', source: 'anthropic' }]],
    ['files', []],
    ['messages/batches', []],
  ]);
  const asked: string[] = [];
  let count = 0;
  const made = (kind: string): Answered => {
    count += 1;
    const object = { id: `${kind.split('/').at(-1)}_${count}`, type: kind, source: 'custom' };
    objects.get(kind)?.unshift(object);
    return { status: 200, body: object };
  };
  const answerTo = (method: string | undefined, url: string): Answered => {
    const [, kind = '', id, part, query] = RESOURCE.exec(url) ?? [];
    const all = objects.get(kind) ?? [];
    if (id === undefined && method === 'POST') return made(kind);
    if (id === undefined) {
      return { status: 200, body: pageOf(all, Number(new URLSearchParams(query).get('limit') ?? 20)) };
    }
    const found = all.find((each) => each.id === id);
    if (!found)
      return { status: 404, body: { type: 'error', error: { type: 'not_found_error', message: 'Not found' } } };
    if (part === 'results') return { status: 200, text: resultsOf(id) };
    if (method !== 'DELETE') return { status: 200, body: found };
    all.splice(all.indexOf(found), 1);
    return { status: 200, body: { id, type: 'deleted' } };
  };
  const upstream = await startUpstream(async (request, response) => {
    const { method, url = '' } = request;
    asked.push(`${method} ${url}`);
    if (!(await isWhole(request))) return;
    const { status, body, text: lines } = answerTo(method, url);
    const type = lines === undefined ? 'application/json' : 'application/x-jsonl';
    response.writeHead(status, { 'content-type': type }).end(lines ?? JSON.stringify(body));
  });
  return {
    ...upstream,
    asked,
    objectsOf: (kind: string): readonly Stored[] => objects.get(kind) ?? [],
    /** An object that was not made through the gateway: in the console, or by a tool of Anthropic. */
    place: (kind: string, id: string) => objects.get(kind)!.push({ id, source: 'custom' }),
  };
}

/** False where the gateway has given the request up. */
function isWhole(request: IncomingMessage): Promise<boolean> {
  return text(request).then(
    () => true,
    () => false,
  );
}

function pageOf(all: readonly Stored[], limit: number) {
  const data = all.slice(0, limit);
  return { data, has_more: all.length > limit, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
