import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptsCoding } from './accepts-coding.js';

/** What fits a packet or two is not worth the work. */
const MIN_CHARACTERS = 2_000;
const PATHS = /^\/(?:api|v1\/usage)(?:[/?]|$)/;
const compressed = promisify(gzip);

/**
 * Compresses JSON of the admin API where the client takes it, beside the event loop. Relayed answers and live feeds are
 * written past the reply, so they never come here.
 */
export function compressAdminJson(fastify: FastifyInstance): void {
  fastify.addHook<string>('onSend', (request, reply, payload, done) => {
    if (!isCompressible(request, reply, payload)) return done(null, payload);
    reply.header('vary', 'accept-encoding');
    if (!acceptsCoding(request.headers['accept-encoding'], 'gzip')) return done(null, payload);
    compressed(payload).then(
      (bytes) => {
        reply.header('content-encoding', 'gzip');
        reply.removeHeader('content-length');
        done(null, bytes as unknown as string);
      },
      () => done(null, payload),
    );
  });
}

function isCompressible({ url }: FastifyRequest, reply: FastifyReply, payload: unknown): boolean {
  return (
    typeof payload === 'string' &&
    payload.length >= MIN_CHARACTERS &&
    PATHS.test(url) &&
    String(reply.getHeader('content-type')).startsWith('application/json')
  );
}
