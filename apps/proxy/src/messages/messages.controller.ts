import type { Operation } from '@claude-proxy/upstream';
import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminGuard } from '../auth/admin.guard.js';
import { CredentialReader } from '../auth/credential.reader.js';
import { userIdOf } from '../auth/user-id.js';
import { Exchange } from '../exchange/exchange.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { abortOnHangUp } from './client-connection.js';
import { requestHeadersFor } from './forwarded-headers.js';
import { type MessagesConfig, messagesSection } from './messages.config.js';
import { MessagesService } from './messages.service.js';
import { ReceivedRequest } from './received-request.js';
import { relay } from './relay.js';
import { readRequestBody } from './request-body.js';
import { exchangeHeaderOf, pathOfApi, type UserParams, underEveryPrefix } from './routes.js';

const DRILL_HEADER = 'x-claude-proxy-drill';

/** HTTP in, HTTP out: `POST /v1/messages` and `/v1/messages/count_tokens`, for everybody and per user. */
@Controller()
export class MessagesController {
  constructor(
    private readonly service: MessagesService,
    private readonly credentials: CredentialReader,
    private readonly admin: AdminGuard,
    @Inject(messagesSection.token) private readonly config: MessagesConfig,
  ) {}

  @Post(underEveryPrefix('/v1/messages'))
  messages(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    return this.serve('messages', request, reply);
  }

  @Post(underEveryPrefix('/v1/messages/count_tokens'))
  countTokens(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    return this.serve('count_tokens', request, reply);
  }

  /** Claude Code warms its connection up with a HEAD of this before its first request. */
  @Get(underEveryPrefix('/api/hello'))
  @HttpCode(200)
  hello(): { message: string } {
    return { message: 'hello' };
  }

  private async serve(operation: Operation, request: FastifyRequest<UserParams>, reply: FastifyReply): Promise<void> {
    const { raw } = request;
    const signal = abortOnHangUp(reply.raw);
    const path = pathOfApi(raw.url!);
    const exchange = new Exchange(userIdOf(request.params.user_id), operation, path);
    exchange.isDrill = this.asksForDrill(request);
    reply.header(exchangeHeaderOf, exchange.id);
    const received = await ReceivedRequest.read({
      operation,
      path,
      headers: requestHeadersFor(raw.rawHeaders),
      body: await readRequestBody(raw),
      host: raw.headers.host,
      user: exchange.user,
    });
    const caller = { credential: this.credentials.read(raw.headers), signal };
    await this.service.serve(received, exchange, caller, (answer, tap) => {
      reply.hijack();
      return relay(answer, reply.raw, { exchange, tap, ...this.config });
    });
  }

  private asksForDrill({ raw }: FastifyRequest<UserParams>): boolean {
    const drill = raw.headers[DRILL_HEADER];
    if (drill === undefined) return false;
    if (!this.admin.isAdmin(raw)) {
      throw new GatewayError({
        type: 'permission_error',
        message: `${DRILL_HEADER} needs the admin token in "x-admin-token".`,
      });
    }
    if (drill === 'rate-limit') return true;
    throw new GatewayError({
      type: 'invalid_request_error',
      message: `${DRILL_HEADER} is ${JSON.stringify(drill)}; allowed: "rate-limit".`,
    });
  }
}
