import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule, ROOMS } from './app.module.js';
import { clientVariables } from './config/client-variables.js';
import { type AnyModule, sectionsIn } from './config/declarations.js';
import { nearMisses } from './config/near-misses.js';
import { type Environment, readConfig } from './config/read-config.js';
import { type ServerConfig, serverSection } from './config/server.config.js';
import { fallbackSection } from './fallback/fallback.config.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { compressAdminJson } from './http/compressed-json.js';
import {
  framingFaultOf,
  refuseBadPath,
  refuseBadRequest,
  refuseConnect,
  refuseFraming,
} from './http/early-refusals.js';
import { type HttpConfig, httpSection } from './http/http.config.js';
import { routedUrl } from './http/routes.js';
import { createLogger, levelsOf, RoomLogger } from './observability/logging.js';
import { type ObservabilityConfig, observabilitySection } from './observability/observability.config.js';
import { SlowBodies } from './server/slow-bodies.js';
import { loadUpstreamModules } from './server/upstream-modules.js';
import { keepUsualMethods } from './server/usual-methods.js';

const MAX_HEADER_BYTES = 64 * 1024;
/** Must exceed the idle time-out of the load balancer in front, whose longest is 4000 s. */
const KEEP_ALIVE_MS = 4_010_000;

/** Headers come in one piece; a client that sends them byte by byte holds a connection for nothing. */
const HEADERS_TIMEOUT_MS = 20_000;
const HEADERS_CHECK_MS = 5_000;

export interface GatewayOptions {
  /** Further upstreams, beside those that `UPSTREAM_MODULES` names. */
  readonly upstreamModules?: readonly AnyModule[];
}

/**
 * The whole application, not listening yet.
 *
 * @throws ConfigError naming every fault of the environment
 */
export async function createGateway(
  environment: Environment,
  { upstreamModules = [] }: GatewayOptions = {},
): Promise<NestFastifyApplication> {
  const guests = [...(await loadUpstreamModules(moduleNames(environment))), ...upstreamModules];
  const sections = sectionsIn([...ROOMS, ...guests]);
  const config = readConfig(environment, sections);
  const server = config[serverSection.name] as ServerConfig;
  const logger = await createLogger(config[observabilitySection.name] as ObservabilityConfig);
  // For rooms that ask before they put a text together.
  Logger.overrideLogger(levelsOf(logger));
  const remarks = [...nearMisses(environment, sections), ...clientVariables(environment)];
  for (const sentence of remarks) logger.warn({ room: 'Configuration' }, sentence);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config, environment, logger, guests),
    createAdapter(server),
    { logger: new RoomLogger(logger), bodyParser: false, abortOnError: false },
  );
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.server.on('connect', refuseConnect);
  leaveBodiesAlone(fastify, config[httpSection.name] as HttpConfig);
  compressAdminJson(fastify);
  keepUsualMethods(fastify);
  app.get(AllowedMethods).watch(fastify);
  await app.init();
  await fastify.ready();
  return app;
}

/** Read before everything else, because guests bring sections; where it is not valid, all faults are reported together. */
function moduleNames(environment: Environment): readonly string[] {
  const { variable, kind } = fallbackSection.settings.upstreamModules;
  const parsed = kind.schema.safeParse(environment[variable]?.trim() ?? '');
  return parsed.success ? (parsed.data as readonly string[]) : [];
}

function createAdapter({ trustedProxies }: ServerConfig): FastifyAdapter {
  return new FastifyAdapter({
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    // Whether a user id is too long is for `userIdOf` to say; by default the router finds no such path.
    routerOptions: { maxParamLength: MAX_HEADER_BYTES },
    rewriteUrl: ({ url = '/' }) => routedUrl(url),
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: HEADERS_CHECK_MS,
    },
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A load balancer still sends requests while it takes us out; they are answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: refuseBadPath,
    clientErrorHandler: refuseBadRequest,
  });
}

/** Bodies reach their room as they come, unparsed. */
function leaveBodiesAlone(fastify: FastifyInstance, { bodyTimeoutSeconds }: HttpConfig): void {
  const slowBodies = new SlowBodies(bodyTimeoutSeconds);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  fastify.addHook('onRequest', ({ raw }, reply, done) => {
    // Fastify refuses a media type that it cannot read, which is for the upstream to judge, and a QUERY without one.
    raw.headers['content-type'] = raw.method === 'QUERY' ? 'application/json' : undefined;
    // On answers of ours: those that are relayed are written past the reply.
    reply.header('x-content-type-options', 'nosniff');
    const fault = framingFaultOf(raw);
    if (fault) {
      refuseFraming(fault, reply);
      return;
    }
    slowBodies.watch(raw);
    done();
  });
}
