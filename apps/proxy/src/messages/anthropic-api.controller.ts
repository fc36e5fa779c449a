import { Readable } from 'node:stream';
import { bodyOfBytes, headerOf, headersWhere, readBody, type UpstreamAnswer } from '@claude-proxy/upstream';
import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CredentialReader } from '../auth/credential.reader.js';
import { userIdOf } from '../auth/user-id.js';
import { EXCHANGE_ID_HEADER, Exchange } from '../exchange/exchange.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { abortOnHangUp } from './client-connection.js';
import { requestHeadersFor } from './forwarded-headers.js';
import { type MessagesConfig, messagesSection } from './messages.config.js';
import { type Delivery, MessagesService } from './messages.service.js';
import { plainPath } from './plain-path.js';
import { relay } from './relay.js';
import { isBatchObjectPath, withOwnResultsUrls } from './results-url.js';
import { pathOfApi, type UserParams, underEveryPrefix } from './routes.js';

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];
const PASSED_ON = ['/v1/messages/batches', '/v1/files', '/v1/skills'];
const MAX_BATCH_PAGE_BYTES = 16 * 1024 * 1024;

/** Passes on the rest of the Anthropic API that clients use, bodies streamed both ways. */
@Controller()
export class AnthropicApiController {
  constructor(
    private readonly service: MessagesService,
    private readonly credentials: CredentialReader,
    @Inject(messagesSection.token) private readonly config: MessagesConfig,
  ) {}

  @All(PASSED_ON.flatMap((path) => [...underEveryPrefix(path), ...underEveryPrefix(`${path}/*`)]))
  async pass(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    const { raw } = request;
    if (!METHODS.includes(raw.method!)) throw methodNotAllowed(raw.method!, METHODS);
    const path = plainPath(pathOfApi(raw.url!), PASSED_ON);
    const exchange = new Exchange(userIdOf(request.params.user_id), 'relay', path);
    reply.header(EXCHANGE_ID_HEADER, exchange.id);
    const credential = this.service.orTurnAway(exchange, () => this.credentials.require(raw));
    const caller = { credential, signal: abortOnHangUp(reply.raw) };
    const deliver: Delivery = (answer, tap) => {
      reply.hijack();
      return relay(answer, reply.raw, { exchange, tap, ...this.config });
    };
    const isBatch = isBatchObjectPath(path);
    const ownUrl = ownUrlOf(request);
    await this.service.pass(
      {
        method: raw.method!,
        path,
        headers: this.headersFor(request, isBatch),
        body: bodyFor(request),
        host: raw.headers.host,
      },
      exchange,
      caller,
      isBatch ? async (answer, tap) => deliver(await withOwnUrls(answer, ownUrl, caller.signal), tap) : deliver,
    );
  }

  @All(underEveryPrefix('/v1/organizations').concat(underEveryPrefix('/v1/organizations/*')))
  refuseAdminApi(): never {
    throw new GatewayError({
      type: 'permission_error',
      message: "The Admin API of an organization is not served through this gateway; ask Anthropic's API directly.",
    });
  }

  /** Batch objects name a URL that has to lead back here, so they must come readable. */
  private headersFor({ raw }: FastifyRequest<UserParams>, isBatch: boolean): string[] {
    const headers = requestHeadersFor(raw.rawHeaders, this.config);
    const length = raw.headers['content-length'];
    if (length !== undefined) headers.push('content-length', length);
    if (!isBatch) return headers;
    const kept = headersWhere(headers, (name) => name !== 'accept-encoding');
    return [...kept, 'accept-encoding', 'identity'];
  }
}

function bodyFor({ raw }: FastifyRequest<UserParams>): Readable | undefined {
  const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
  return hasBody ? raw : undefined;
}

/** Where the caller reached us. To be asked before the body is passed on: a request that has been read has no socket. */
function ownUrlOf({ protocol, host, params }: FastifyRequest<UserParams>): string {
  const user = params.user_id;
  return `${protocol}://${host}${user === undefined ? '' : `/user/${encodeURIComponent(user)}`}`;
}

async function withOwnUrls(answer: UpstreamAnswer, ownUrl: string, signal: AbortSignal): Promise<UpstreamAnswer> {
  const isReadable = (headerOf(answer.headers, 'content-encoding') ?? 'identity') === 'identity';
  if (!isReadable) return answer;
  const rewritten = withOwnResultsUrls(await wholeBodyOf(answer, signal), ownUrl);
  const headers = headersWhere(answer.headers, (name) => name !== 'content-length');
  return { ...answer, headers: [...headers, 'content-length', String(rewritten.length)], body: bodyOfBytes(rewritten) };
}

async function wholeBodyOf({ body }: UpstreamAnswer, signal: AbortSignal): Promise<Buffer> {
  try {
    return await readBody(body, MAX_BATCH_PAGE_BYTES, signal);
  } catch (error) {
    const message = `The answer of Anthropic could not be read: ${(error as Error).message}`;
    throw new GatewayError({ type: 'api_error', status: 502, message, cause: error });
  }
}

function methodNotAllowed(method: string, allowed: readonly string[]): GatewayError {
  return new GatewayError({
    type: 'invalid_request_error',
    status: 405,
    message: `${method} is not allowed here; allowed: ${allowed.join(', ')}.`,
    headers: { allow: allowed.join(', ') },
  });
}
