import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { Endpoint } from '../auth/endpoint.decorator.js';
import { BodyBudget } from '../http/body-budget.js';
import { requestHeadersFor } from '../http/forwarded-headers.js';
import { HeartbeatStream } from '../http/heartbeat-stream.js';
import { type HttpConfig, httpSection } from '../http/http.config.js';
import { relay } from '../http/relay.js';
import type { TakeRoom } from '../http/request-body.js';
import { underEveryPrefix } from '../http/routes.js';
import { alwaysStreamed } from './always-streamed.js';
import { MessagesService } from './messages.service.js';
import { ObjectAccounts } from './object-accounts.js';
import { OperatorObjects } from './operator-objects.js';
import { mayQuoteObjects, quotedIdsIn } from './quoted-object-ids.js';
import { type Received, ReceivedRequest } from './received-request.js';

const MESSAGES = { operation: 'messages', path: '/v1/messages' } as const;
const COUNT_TOKENS = { operation: 'count_tokens', path: '/v1/messages/count_tokens' } as const;

type Adapt = (received: Received, takeRoom: TakeRoom) => Promise<Received>;

/** HTTP in, HTTP out: `POST /v1/messages` and `/v1/messages/count_tokens`, for everyone and per user. */
@Controller()
export class MessagesController {
  constructor(
    private readonly service: MessagesService,
    private readonly budget: BodyBudget,
    private readonly objects: OperatorObjects,
    private readonly accounts: ObjectAccounts,
    @Inject(httpSection.token) private readonly config: HttpConfig,
  ) {}

  @Endpoint(MESSAGES)
  @Post(underEveryPrefix(MESSAGES.path))
  messages(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.serve(caller, request, reply);
  }

  /** The same body, and always a stream for an answer. */
  @Endpoint(MESSAGES)
  @Post(underEveryPrefix(`${MESSAGES.path}/stream`))
  messagesStream(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.serve(caller, request, reply, alwaysStreamed);
  }

  @Endpoint(COUNT_TOKENS)
  @Post(underEveryPrefix(COUNT_TOKENS.path))
  countTokens(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.serve(caller, request, reply);
  }

  /** Claude Code warms its connection up with a HEAD of this before its first request. */
  @Get(underEveryPrefix('/api/hello'))
  @HttpCode(200)
  hello(): { message: string } {
    return { message: 'hello' };
  }

  private async serve(caller: Caller, request: FastifyRequest, reply: FastifyReply, adapt?: Adapt): Promise<void> {
    const { exchange, signal } = caller;
    const { pingAfterSeconds } = this.config;
    let received: ReceivedRequest;
    let boundAccount: string | undefined;
    try {
      received = await this.receive(caller, request, adapt);
      const owner = this.objectOwner(caller, received);
      if (owner) boundAccount = await owner;
    } catch (error) {
      throw this.service.rejected(caller, request.raw, error);
    }
    const waiting = received.isStream ? new HeartbeatStream(reply, exchange, signal, pingAfterSeconds) : undefined;
    try {
      await this.service.serve(
        received,
        boundAccount === undefined ? caller : { ...caller, boundAccount },
        (answer, observer) => {
          waiting?.end();
          if (waiting?.hasBegun) return waiting.deliver(answer, observer);
          reply.hijack();
          return relay(answer, reply.raw, { exchange, observer, pingAfterSeconds });
        },
      );
    } catch (error) {
      if (!waiting?.hasBegun) throw error;
      waiting.refuseFor(error);
    } finally {
      waiting?.end();
    }
  }

  private async receive(caller: Caller, request: FastifyRequest, adapt?: Adapt): Promise<ReceivedRequest> {
    const { exchange, user, path } = caller;
    const { raw } = request;
    const received: Received = {
      operation: exchange.operation === 'count_tokens' ? 'count_tokens' : 'messages',
      path,
      headers: requestHeadersFor(raw.rawHeaders, this.config),
      body: await this.budget.read(request, exchange, caller.credential),
      host: raw.headers.host,
      user,
    };
    const takeRoom: TakeRoom = (bytes) => this.budget.take(exchange, bytes);
    const adapted = adapt ? await adapt(received, takeRoom) : received;
    return ReceivedRequest.read(adapted, takeRoom, () => this.service.unknownCodingStatusFor(caller));
  }

  /** The account whose workspace owns the files and skills of the request. They have to be the user's own. */
  private objectOwner(caller: Caller, { decodedBody }: ReceivedRequest): Promise<string | undefined> | undefined {
    if (caller.credential?.source !== 'operator' || !mayQuoteObjects(decodedBody)) return undefined;
    return this.quotedOwner(caller, decodedBody);
  }

  private async quotedOwner(caller: Caller, decodedBody: Buffer): Promise<string | undefined> {
    const ids = quotedIdsIn(decodedBody);
    if (!caller.showsAdminToken()) await this.objects.expectOwnAll(ids, caller.user);
    return this.accounts.ownerOf(ids);
  }
}
