import type { Operation } from '@claude-proxy/upstream';
import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminAccess } from '../auth/admin.access.js';
import { CredentialReader } from '../auth/credential.reader.js';
import { asksForDrill } from '../auth/drill-request.js';
import { userIdOf } from '../auth/user-id.js';
import { EXCHANGE_ID_HEADER, Exchange } from '../exchange/exchange.js';
import { BodyBudget } from '../http/body-budget.js';
import { abortOnHangUp } from '../http/client-connection.js';
import { requestHeadersFor } from '../http/forwarded-headers.js';
import { HeartbeatStream } from '../http/heartbeat-stream.js';
import { type HttpConfig, httpSection } from '../http/http.config.js';
import { relay } from '../http/relay.js';
import type { TakeRoom } from '../http/request-body.js';
import { queryOf, type UserParams, underEveryPrefix } from '../http/routes.js';
import { alwaysStreamed } from './always-streamed.js';
import { MessagesService } from './messages.service.js';
import { OperatorObjects } from './operator-objects.js';
import { mayQuoteObjects, quotedIdsIn } from './quoted-object-ids.js';
import { type Received, ReceivedRequest } from './received-request.js';

const PATHS: Readonly<Record<Operation, string>> = {
  messages: '/v1/messages',
  count_tokens: '/v1/messages/count_tokens',
};

/** HTTP in, HTTP out: `POST /v1/messages` and `/v1/messages/count_tokens`, for everybody and per user. */
@Controller()
export class MessagesController {
  constructor(
    private readonly service: MessagesService,
    private readonly credentials: CredentialReader,
    private readonly admin: AdminAccess,
    private readonly budget: BodyBudget,
    private readonly objects: OperatorObjects,
    @Inject(httpSection.token) private readonly config: HttpConfig,
  ) {}

  @Post(underEveryPrefix(PATHS.messages))
  messages(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    return this.serve('messages', request, reply);
  }

  /** The same body, and always a stream for an answer. */
  @Post(underEveryPrefix(`${PATHS.messages}/stream`))
  messagesStream(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    return this.serve('messages', request, reply, alwaysStreamed);
  }

  @Post(underEveryPrefix(PATHS.count_tokens))
  countTokens(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    return this.serve('count_tokens', request, reply);
  }

  /** Claude Code warms its connection up with a HEAD of this before its first request. */
  @Get(underEveryPrefix('/api/hello'))
  @HttpCode(200)
  hello(): { message: string } {
    return { message: 'hello' };
  }

  private async serve(
    operation: Operation,
    request: FastifyRequest<UserParams>,
    reply: FastifyReply,
    adapt: (received: Received, takeRoom: TakeRoom) => Promise<Received> = async (received) => received,
  ): Promise<void> {
    const { raw } = request;
    const signal = abortOnHangUp(reply.raw);
    const exchange = new Exchange(userIdOf(request.params.user_id), operation, pathOf(operation, raw.url!));
    reply.header(EXCHANGE_ID_HEADER, exchange.id);
    const { received, credential } = await this.receive(operation, exchange, request, adapt).catch((error: unknown) => {
      this.service.reject(exchange, error, raw.destroyed && !raw.complete);
      throw error;
    });
    const caller = { credential, signal };
    const waiting = received.isStream
      ? new HeartbeatStream(reply, exchange, signal, this.config.pingAfterSeconds)
      : undefined;
    try {
      await this.service.serve(received, exchange, caller, (answer, tap) => {
        waiting?.end();
        if (waiting?.hasBegun) return waiting.deliver(answer, tap);
        reply.hijack();
        return relay(answer, reply.raw, { exchange, tap, ...this.config });
      });
    } catch (error) {
      if (!waiting?.hasBegun) throw error;
      waiting.refuseFor(error);
    } finally {
      waiting?.end();
    }
  }

  private async receive(
    operation: Operation,
    exchange: Exchange,
    request: FastifyRequest<UserParams>,
    adapt: (received: Received, takeRoom: TakeRoom) => Promise<Received>,
  ) {
    const { raw } = request;
    const credential = this.credentials.require(raw);
    exchange.isDrill = asksForDrill(request, this.admin);
    const received = {
      operation,
      path: pathOf(operation, raw.url!),
      headers: requestHeadersFor(raw.rawHeaders, this.config),
      body: await this.budget.read(request, exchange, credential),
      host: raw.headers.host,
      user: exchange.user,
    };
    const takeRoom: TakeRoom = (bytes) => this.budget.take(exchange, bytes);
    const read = await ReceivedRequest.read(await adapt(received, takeRoom), takeRoom);
    if (credential.source === 'operator' && mayQuoteObjects(read.decodedBody) && !this.admin.showsToken(request)) {
      await this.objects.expectOwnAll(quotedIdsIn(read.decodedBody), exchange.user);
    }
    return { credential, received: read };
  }
}

/** Spelled anew: the router also takes `/v1/%6dessages` and the like for it. */
function pathOf(operation: Operation, url: string): string {
  return PATHS[operation] + queryOf(url);
}
