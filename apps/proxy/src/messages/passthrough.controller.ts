import { pipeline, Readable } from 'node:stream';
import { headersWhere, type UpstreamAnswer } from '@claude-proxy/upstream';
import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { Endpoint } from '../auth/endpoint.decorator.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { requestHeadersFor } from '../http/forwarded-headers.js';
import { type HttpConfig, httpSection } from '../http/http.config.js';
import { relay } from '../http/relay.js';
import { type UserParams, underEveryPrefix } from '../http/routes.js';
import { isReadable, wholeBodyOf, withBody } from '../http/whole-answer.js';
import { CheckedUpload } from './checked-upload.js';
import { type Delivery, MessagesService } from './messages.service.js';
import { ObjectAccounts } from './object-accounts.js';
import { type ObjectRequest, objectRequestOf, withLongestPage } from './object-path.js';
import { OperatorObjects } from './operator-objects.js';
import { isBatchObjectPath, withOwnResultsUrls } from './results-url.js';

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];
const PASSED_ON = ['/v1/messages/batches', '/v1/files', '/v1/skills'];

/** Passes on the rest of the Anthropic API that clients use, bodies streamed both ways. */
@Controller()
export class PassthroughController {
  constructor(
    private readonly service: MessagesService,
    private readonly objects: OperatorObjects,
    private readonly accounts: ObjectAccounts,
    @Inject(httpSection.token) private readonly config: HttpConfig,
  ) {}

  @Endpoint({ operation: 'relay', under: PASSED_ON, methods: METHODS })
  @All(PASSED_ON.flatMap((path) => [...underEveryPrefix(path), ...underEveryPrefix(`${path}/*`)]))
  async pass(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest<UserParams>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { raw } = request;
    const { exchange, path } = caller;
    const refused = new AbortController();
    const signal = AbortSignal.any([caller.signal, refused.signal]);
    const asked = objectRequestOf(raw.method!, path);
    // An operator sees what every user has made.
    const isKeptApart = caller.credential?.source === 'operator' && !caller.showsAdminToken();
    let placed: Caller;
    try {
      if (isKeptApart) await this.expectOwn(request, asked, caller.user);
      placed = await this.accounts.place(caller, asked.id);
    } catch (error) {
      throw this.service.rejected(caller, raw, error);
    }
    const isBatch = isBatchObjectPath(path);
    const ownUrl = ownUrlOf(request);
    const deliver: Delivery = async (upstreamAnswer, observer) => {
      const options = { limit: limitIn(path), signal, account: this.accounts.idOf(placed) };
      const own = isKeptApart ? await this.objects.answerFor(upstreamAnswer, asked, exchange, options) : upstreamAnswer;
      const answer = isBatch ? await withOwnUrls(own, ownUrl, signal) : own;
      reply.hijack();
      return relay(answer, reply.raw, { exchange, observer, pingAfterSeconds: this.config.pingAfterSeconds });
    };
    await this.service.pass(
      {
        method: raw.method!,
        path: isKeptApart && asked.act === 'list' ? withLongestPage(path, asked) : path,
        headers: this.headersFor(request, isBatch || (isKeptApart && asked.act !== 'other')),
        body: isKeptApart ? this.checkedBody(request, asked, caller.user, refused) : bodyFor(request),
        host: raw.headers.host,
      },
      { ...placed, signal },
      deliver,
    );
  }

  @All(underEveryPrefix('/v1/organizations').concat(underEveryPrefix('/v1/organizations/*')))
  refuseAdminApi(): never {
    throw new GatewayError({
      type: 'permission_error',
      message: "The Admin API of an organization is not served through this gateway; ask Anthropic's API directly.",
    });
  }

  private async expectOwn({ raw }: FastifyRequest<UserParams>, asked: ObjectRequest, user: string): Promise<void> {
    if (asked.act === 'create') expectPlainBody(asked, raw.headers['content-encoding']);
    await this.objects.expectOwn(asked, user);
  }

  /** The requests of a batch name files and skills, too. Nothing more is sent once one of another user is found. */
  private checkedBody(
    request: FastifyRequest<UserParams>,
    asked: ObjectRequest,
    user: string,
    refused: AbortController,
  ): Readable | undefined {
    const body = bodyFor(request);
    if (!body || asked.act !== 'create' || asked.kind !== 'messages/batches') return body;
    const upload = new CheckedUpload(async (ids) => this.objects.expectOwnAll(ids, user));
    pipeline(body, upload, (error) => {
      if (error) refused.abort(error);
    });
    return upload;
  }

  /** Batch objects name a URL that has to lead back here, and lists are read, so they must come readable. */
  private headersFor({ raw }: FastifyRequest<UserParams>, isRead: boolean): string[] {
    const headers = requestHeadersFor(raw.rawHeaders, this.config);
    const length = raw.headers['content-length'];
    if (length !== undefined) headers.push('content-length', length);
    if (!isRead) return headers;
    const kept = headersWhere(headers, (name) => name !== 'accept-encoding');
    return [...kept, 'accept-encoding', 'identity'];
  }
}

/** What a batch names has to be readable. */
function expectPlainBody({ kind }: ObjectRequest, encoding = 'identity'): void {
  if (kind !== 'messages/batches' || encoding === 'identity') return;
  throw new GatewayError({
    type: 'invalid_request_error',
    message: 'A batch that is made with the key of this gateway must be sent without a content-encoding.',
  });
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
  return isReadable(answer)
    ? withBody(answer, await withOwnResultsUrls(await wholeBodyOf(answer, signal), ownUrl))
    : answer;
}

/** How many objects the caller wants on a page; 20 is what the API gives by itself. */
function limitIn(path: string): number {
  return Number(new URLSearchParams(path.split('?')[1]).get('limit')) || 20;
}
