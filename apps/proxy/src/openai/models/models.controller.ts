import { bodyOfBytes, type UpstreamAnswer } from '@claude-proxy/upstream';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CredentialReader } from '../../auth/credential.reader.js';
import { userIdOf } from '../../auth/user-id.js';
import { EXCHANGE_ID_HEADER, Exchange } from '../../exchange/exchange.js';
import { GatewayError } from '../../exchange/gateway-error.js';
import { abortOnHangUp } from '../../http/client-connection.js';
import { requestHeadersFor } from '../../http/forwarded-headers.js';
import { type HttpConfig, httpSection } from '../../http/http.config.js';
import { plainPath } from '../../http/plain-path.js';
import { relay } from '../../http/relay.js';
import { pathOfApi, queryOf, type UserParams, underEveryPrefix } from '../../http/routes.js';
import { type Delivery, MessagesService } from '../../messages/messages.service.js';
import type { JsonObject } from '../json-object.js';
import { openAiErrorOf } from '../openai-errors.js';
import { ModelCatalog } from './model.catalog.js';
import { anthropicModel, anthropicModelList, openAiModel, openAiModelList } from './model-lists.js';

/** Claude Code waits 3 s for this list; ours is at hand before that. */
const PATIENCE_MS = 2_000;
const MODELS = '/v1/models';

/** The models: OpenAI's form for who speaks OpenAI, Anthropic's own answer for everybody else. */
@Controller()
export class ModelsController {
  constructor(
    private readonly service: MessagesService,
    private readonly credentials: CredentialReader,
    private readonly catalog: ModelCatalog,
    @Inject(httpSection.token) private readonly config: HttpConfig,
  ) {}

  @Get([...underEveryPrefix(MODELS), ...underEveryPrefix(`${MODELS}/*`)])
  async models(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    const user = userIdOf(request.params.user_id);
    const path = plainPath(pathOfApi(request.raw.url!), [MODELS]);
    if (speaksOpenAi(request)) this.answerOpenAi(idIn(path), reply);
    else await this.answerAnthropic(request, reply, new Exchange(user, 'relay', path), path);
  }

  private answerOpenAi(id: string | undefined, reply: FastifyReply): void {
    const model = id === undefined ? undefined : this.catalog.find(id);
    if (id === undefined) send(reply, 200, openAiModelList(this.catalog.listed));
    else if (model) send(reply, 200, openAiModel([id, model]));
    else send(reply, 404, { error: openAiErrorOf(this.catalog.unknown(id)) });
  }

  private async answerAnthropic(
    { raw }: FastifyRequest<UserParams>,
    reply: FastifyReply,
    exchange: Exchange,
    path: string,
  ): Promise<void> {
    const signal = abortOnHangUp(reply.raw);
    const { method = 'GET', rawHeaders, headers } = raw;
    reply.header(EXCHANGE_ID_HEADER, exchange.id);
    const credential = this.service.rejectOn(exchange, () => this.credentials.read(raw));
    if (!credential) {
      // What our own table answers is no exchange.
      reply.removeHeader(EXCHANGE_ID_HEADER);
      return send(reply, 200, this.fromTable(path));
    }
    const deliver: Delivery = (answer, tap) => {
      reply.hijack();
      return relay(answer, reply.raw, { exchange, tap, ...this.config });
    };
    const forwarded = requestHeadersFor(rawHeaders, this.config);
    const asked = { method, path, headers: forwarded, body: undefined };
    const local = { patienceMs: PATIENCE_MS, answer: () => answerOf(this.fromTable(path)) };
    await this.service.pass({ ...asked, host: headers.host }, exchange, { credential, signal }, deliver, local);
  }

  /** @throws GatewayError not_found_error */
  private fromTable(path: string): JsonObject {
    const id = idIn(path);
    const model = id === undefined ? undefined : this.catalog.find(id);
    if (id === undefined) return anthropicModelList(this.catalog.listed, new URLSearchParams(queryOf(path)));
    if (model) return anthropicModel([model.id, model]);
    throw new GatewayError({ type: 'not_found_error', message: `model: ${id.slice(0, 100)}` });
  }
}

function speaksOpenAi({ raw: { headers } }: FastifyRequest<UserParams>): boolean {
  return /^Bearer /i.test(headers.authorization ?? '') && headers['anthropic-version'] === undefined;
}

/** What stands behind the list in the path; nothing for the list itself. */
function idIn(path: string): string | undefined {
  const id = /^\/v1\/models\/([^?]+)/.exec(path)?.[1];
  return id ? decodeURIComponent(id.replace(/\/$/, '')) : undefined;
}

function send(reply: FastifyReply, status: number, body: JsonObject): void {
  void reply.status(status).header('content-type', 'application/json').send(JSON.stringify(body));
}

function answerOf(body: JsonObject): UpstreamAnswer {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = ['content-type', 'application/json', 'content-length', String(bytes.length)];
  return { status: 200, headers, body: bodyOfBytes(bytes) };
}
