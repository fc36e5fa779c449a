import { tokensOfBytes } from './answer-usage.js';
import type { SimulatedBatches } from './anthropic-batches.js';
import { ANTHROPIC_DIALECT } from './anthropic-dialect.js';
import { fileMetadata, receiveFile, sendFile } from './anthropic-files.js';
import { listedModels, modelPage } from './anthropic-models.js';
import { anthropicFailure } from './anthropic-refusals.js';
import { playBehaviour, sendJson } from './play-behaviour.js';
import type { SimulatedExchange } from './simulated-server.js';

/** Dependencies of the endpoints other than Messages. */
export interface AnthropicResources {
  readonly batches: SimulatedBatches;
  readonly fileBytes: number;
}

type Resource = (exchange: SimulatedExchange, id: string, resources: AnthropicResources) => Promise<void> | void;

const ROUTES: readonly [method: string, path: RegExp, serve: Resource][] = [
  ['POST', /\/v1\/messages\/count_tokens$/, countTokens],
  ['GET', /\/v1\/models$/, listModels],
  [
    'GET',
    /\/v1\/models\/([^/]+)$/,
    (exchange, id) =>
      found(
        exchange,
        listedModels().find((model) => model.id === id),
        id,
      ),
  ],
  ['POST', /\/v1\/messages\/batches$/, createBatch],
  ['GET', /\/v1\/messages\/batches$/, (exchange, _id, { batches }) => found(exchange, batches.list())],
  ['GET', /\/v1\/messages\/batches\/([^/]+)$/, (exchange, id, { batches }) => found(exchange, batches.find(id), id)],
  [
    'POST',
    /\/v1\/messages\/batches\/([^/]+)\/cancel$/,
    (exchange, id, { batches }) => found(exchange, batches.find(id), id),
  ],
  ['GET', /\/v1\/messages\/batches\/([^/]+)\/results$/, sendResults],
  ['POST', /\/v1\/files$/, async (exchange) => found(exchange, await receiveFile(exchange))],
  ['GET', /\/v1\/files$/, (exchange) => found(exchange, { data: [], has_more: false, first_id: null, last_id: null })],
  [
    'GET',
    /\/v1\/files\/([^/]+)$/,
    (exchange, id, { fileBytes }) => found(exchange, fileMetadata(id, { size_bytes: fileBytes })),
  ],
  ['DELETE', /\/v1\/files\/([^/]+)$/, (exchange, id) => found(exchange, { id, type: 'file_deleted' })],
  ['GET', /\/v1\/files\/([^/]+)\/content$/, sendContent],
];

/** True for uploads: their body must not be read into memory. */
export function isUpload({ recorded }: SimulatedExchange): boolean {
  return recorded.method === 'POST' && recorded.pathname.endsWith('/v1/files');
}

/** Serves every endpoint except `POST /v1/messages`. Unknown ones get a 404 in Anthropic's format. */
export async function serveResource(exchange: SimulatedExchange, resources: AnthropicResources): Promise<void> {
  const { method, pathname } = exchange.recorded;
  for (const [routeMethod, path, serve] of ROUTES) {
    const match = routeMethod === method ? path.exec(pathname) : null;
    if (match) return serve(exchange, decodeURIComponent(match[1] ?? ''), resources);
  }
  await refuseUnknown(exchange, 'Not Found');
}

async function found(exchange: SimulatedExchange, body: unknown, id = ''): Promise<void> {
  if (body === undefined) return refuseUnknown(exchange, `Not found: ${id}`);
  sendJson(exchange, ANTHROPIC_DIALECT, body);
}

async function refuseUnknown(exchange: SimulatedExchange, message: string): Promise<void> {
  const failure = anthropicFailure('not_found_error', message);
  await playBehaviour({ kind: 'refusal', failure }, exchange, ANTHROPIC_DIALECT);
}

function countTokens(exchange: SimulatedExchange): void {
  sendJson(exchange, ANTHROPIC_DIALECT, { input_tokens: tokensOfBytes(exchange.recorded.bodyBytes) });
}

function listModels(exchange: SimulatedExchange): void {
  const query = new URLSearchParams(exchange.recorded.path.split('?')[1]);
  sendJson(exchange, ANTHROPIC_DIALECT, modelPage(query));
}

function createBatch(exchange: SimulatedExchange, _id: string, { batches }: AnthropicResources): void {
  sendJson(exchange, ANTHROPIC_DIALECT, batches.create(exchange.recorded.json ?? {}));
}

async function sendResults(exchange: SimulatedExchange, id: string, { batches }: AnthropicResources): Promise<void> {
  const lines = batches.results(id);
  if (lines === undefined) return refuseUnknown(exchange, `Not found: ${id}`);
  const headers = { ...ANTHROPIC_DIALECT.headers(exchange.requestId), 'content-type': 'application/x-jsonl' };
  exchange.response.writeHead(200, headers).end(lines);
}

function sendContent(exchange: SimulatedExchange, _id: string, { fileBytes }: AnthropicResources): Promise<void> {
  return sendFile(exchange, fileBytes, ANTHROPIC_DIALECT.headers(exchange.requestId));
}
