import { errorBody } from '@claude-proxy/messages-api';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { type AnyModule, AppModule } from './app.module.js';
import { type Environment, readConfig } from './config/read-config.js';
import { type ServerConfig, serverSection } from './config/server.config.js';
import { type FallbackConfig, fallbackSection } from './fallback/fallback.config.js';
import { AllowedMethods } from './messages/allowed-methods.js';
import { createLogger, RoomLogger } from './observability/logging.js';
import { type ObservabilityConfig, observabilitySection } from './observability/observability.config.js';
import { SECTIONS } from './sections.js';
import { loadUpstreamModules } from './upstream-modules.js';

/** A user id of 128 characters, each four bytes, percent-encoded. */
const MAX_PATH_PARAMETER_CHARACTERS = 128 * 4 * 3;
const MAX_HEADER_BYTES = 64 * 1024;
/** Must exceed the idle time-out of the load balancer in front, whose longest is 4000 s. */
const KEEP_ALIVE_MS = 4_010_000;

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
  const config = readConfig(environment, SECTIONS);
  const server = config[serverSection.name] as ServerConfig;
  const { upstreamModules: names } = config[fallbackSection.name] as FallbackConfig;
  const logger = createLogger(config[observabilitySection.name] as ObservabilityConfig);
  const modules = [...(await loadUpstreamModules(names)), ...upstreamModules];
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of(config, environment, logger, modules),
    createAdapter(server),
    { logger: new RoomLogger(logger), bodyParser: false, abortOnError: false },
  );
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  leaveBodiesAlone(fastify);
  app.get(AllowedMethods).watch(fastify);
  await app.init();
  await fastify.ready();
  return app;
}

function createAdapter({ trustedProxies }: ServerConfig): FastifyAdapter {
  return new FastifyAdapter({
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    routerOptions: { maxParamLength: MAX_PATH_PARAMETER_CHARACTERS },
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A load balancer still sends requests while it takes us out; they are answered.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error: FastifyError, _request: unknown, reply: FastifyReply) => {
      const status = error.statusCode ?? 400;
      void reply.status(status).send(errorBody('invalid_request_error', error.message));
    },
  });
}

/** Bodies reach their room as they come; nobody parses them on the way. */
function leaveBodiesAlone(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
}
