/**
 * `npm run docs:openapi`: writes docs/openapi.json. Routes come from the running gateway (`@nestjs/swagger`); bodies, queries and
 * answers from the types of the handlers. With `--check`, only compares.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ROOT } from '../bin/launcher.js';
import { createGateway } from '../dist/apps/proxy/src/gateway.js';
import { adminPathsOf } from '../test/support/admin-paths.ts';
import { handlersIn } from './openapi-handlers.mjs';

const TARGET = join(ROOT, 'docs/openapi.json');
const OPEN_TO_ALL = { security: [] };
/** Handlers that answer in another form than JSON, or in a second one. */
const OTHER_ANSWERS = {
  MetricsController_show: { 'text/plain': { schema: { type: 'string' } } },
  OpenApiController_show: { 'application/json': { schema: { type: 'object' } } },
  LiveController_listen: { 'text/event-stream': { schema: { $ref: '#/components/schemas/LiveEvent' } } },
  BudgetsController_statement: {
    'application/json': { schema: { $ref: '#/components/schemas/Statement' } },
    'text/csv': { schema: { type: 'string' } },
  },
};

const { handlers, schemas } = handlersIn('apps/proxy/src/**/*.controller.ts', ['LiveEvent']);
const text = JSON.stringify(await openApi());
if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
else if (!isDeepStrictEqual(JSON.parse(readFileSync(TARGET, 'utf8')), JSON.parse(text))) {
  process.stderr.write('docs/openapi.json is out of date with the routes or their types. Run: npm run docs:openapi\n');
  process.exitCode = 1;
}

async function openApi() {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const paths = Object.entries(await routes()).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Claude Code Proxy: admin API',
      version,
      description:
        'Times are epoch milliseconds; fields in `_ms` are milliseconds, in `_seconds` seconds, in `_usd` US dollars. `errors` counts refused and broken requests; `caller_errors` is the part of them that only the caller can fix. Clients ignore fields that they do not know.',
    },
    security: [{ bearer: [] }, { adminToken: [] }],
    paths: Object.fromEntries(paths.map(([path, item]) => [path, pathOf(item, path)])),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The admin token, or a client key with a role.' },
        adminToken: { type: 'apiKey', in: 'header', name: 'x-admin-token' },
      },
      schemas: { Error: errorSchema(), ...schemas() },
    },
  };
}

/** The paths of the gateway, with their parameters, as Nest has registered them. */
async function routes() {
  const folder = mkdtempSync(join(tmpdir(), 'claude-proxy-openapi-'));
  const app = await createGateway({ LOG_LEVEL: 'silent', DATA_DIR: folder });
  try {
    return adminPathsOf(app);
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function pathOf(item, path) {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]) => [method, operationOf(operation, path, method)]),
  );
}

function operationOf({ operationId, parameters, responses }, path, method) {
  const handler = handlers.get(operationId);
  if (!handler) throw new Error(`No handler ${operationId} was found for ${method} ${path}.`);
  const { summary, description, query, body, role, isGuarded, answer } = handler;
  const inPath = parameters.filter((each) => each.in === 'path').map(({ name }) => pathParameter(name));
  const needed = role ?? (method === 'get' ? 'viewer' : 'admin');
  const notes = [description, isGuarded && `Needs the role \`${needed === 'team' ? 'viewer' : needed}\`.`];
  const [status] = Object.keys(responses);
  const tag = path
    .replace(/^\/(?:api|v1)\//, '/')
    .split('/')[1]
    .replace('.json', '');
  const all = [...inPath, ...query];
  return {
    operationId,
    tags: [tag],
    summary: summary ?? `${tag[0].toUpperCase()}${tag.slice(1)}: ${operationId.split('_')[1]}`,
    ...(notes.some(Boolean) && { description: notes.filter(Boolean).join(' ') }),
    ...(all.length > 0 && { parameters: all }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      [status]: { description: 'Success.', ...(status !== '204' && { content: contentOf(operationId, answer) }) },
      default: {
        description: 'Refused, or failed.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
    ...(!isGuarded && OPEN_TO_ALL),
  };
}

function contentOf(operationId, schema) {
  return OTHER_ANSWERS[operationId] ?? { 'application/json': { schema } };
}

function pathParameter(name) {
  return { name, in: 'path', required: true, schema: { type: 'string' } };
}

function errorSchema() {
  const error = {
    type: 'object',
    required: ['type', 'message'],
    properties: { type: { type: 'string' }, message: { type: 'string' } },
  };
  return {
    type: 'object',
    required: ['type', 'error', 'request_id'],
    properties: { type: { const: 'error' }, error, request_id: { type: 'string' } },
  };
}
