import { bodyOfBytes, type UpstreamAnswer } from '@claude-proxy/upstream';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../../auth/caller.js';
import { Endpoint } from '../../auth/endpoint.decorator.js';
import { EXCHANGE_ID_HEADER } from '../../exchange/exchange.js';
import { GatewayError } from '../../exchange/gateway-error.js';
import { requestHeadersFor } from '../../http/forwarded-headers.js';
import { type HttpConfig, httpSection } from '../../http/http.config.js';
import { relay } from '../../http/relay.js';
import { queryOf, underEveryPrefix } from '../../http/routes.js';
import { type Delivery, MessagesService } from '../../messages/messages.service.js';
import type { JsonObject } from '../json-object.js';
import { openAiErrorOf } from '../openai-errors.js';
import { ModelCatalog } from './model.catalog.js';
import { anthropicModel, anthropicModelList, openAiModel, openAiModelList } from './model-lists.js';

/** Claude Code waits 3 s for this list; ours is at hand before that. */
const PATIENCE_MS = 2_000;
const MODELS = '/v1/models';

/** The models: OpenAI's form for callers that speak OpenAI, Anthropic's own answer for all others. */
@Controller()
export class ModelsController {
  constructor(
    private readonly service: MessagesService,
    private readonly catalog: ModelCatalog,
    @Inject(httpSection.token) private readonly config: HttpConfig,
  ) {}

  @Endpoint({ operation: 'relay', under: [MODELS], isOpen: true })
  @Get([...underEveryPrefix(MODELS), ...underEveryPrefix(`${MODELS}/*`)])
  async models(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (speaksOpenAi(request)) this.answerOpenAi(idIn(caller.path), reply);
    else if (!caller.credential) sendLocally(reply, 200, this.fromTable(caller.path));
    else await this.answerAnthropic(caller, request, reply);
  }

  private answerOpenAi(id: string | undefined, reply: FastifyReply): void {
    const model = id === undefined ? undefined : this.catalog.find(id);
    if (id === undefined) sendLocally(reply, 200, openAiModelList(this.catalog.listed(Date.now())));
    else if (model) sendLocally(reply, 200, openAiModel([id, model]));
    else sendLocally(reply, 404, { error: openAiErrorOf(this.catalog.unknown(id)) });
  }

  private async answerAnthropic(caller: Caller, { raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { exchange, path } = caller;
    const { method = 'GET', rawHeaders, headers } = raw;
    const deliver: Delivery = (answer, observer) => {
      reply.hijack();
      return relay(answer, reply.raw, { exchange, observer, pingAfterSeconds: this.config.pingAfterSeconds });
    };
    const asked = { method, path, headers: requestHeadersFor(rawHeaders, this.config), body: undefined };
    const local = { patienceMs: PATIENCE_MS, answer: () => answerOf(this.fromTable(path)) };
    await this.service.pass({ ...asked, host: headers.host }, caller, deliver, local);
  }

  /** @throws GatewayError not_found_error */
  private fromTable(path: string): JsonObject {
    const id = idIn(path);
    const model = id === undefined ? undefined : this.catalog.find(id);
    if (id === undefined)
      return anthropicModelList(this.catalog.listed(Date.now()), new URLSearchParams(queryOf(path)));
    if (model) return anthropicModel([model.id, model]);
    throw new GatewayError({ type: 'not_found_error', message: `model: ${id.slice(0, 100)}` });
  }
}

function speaksOpenAi({ raw: { headers } }: FastifyRequest): boolean {
  return /^Bearer /i.test(headers.authorization ?? '') && headers['anthropic-version'] === undefined;
}

/** What stands behind the list in the path; nothing for the list itself. */
function idIn(path: string): string | undefined {
  const id = /^\/v1\/models\/([^?]+)/.exec(path)?.[1];
  return id ? decodeURIComponent(id.replace(/\/$/, '')) : undefined;
}

/** From the table, without an exchange: no upstream is involved and nothing is counted. */
function sendLocally(reply: FastifyReply, status: number, body: JsonObject): void {
  reply.removeHeader(EXCHANGE_ID_HEADER);
  void reply.status(status).header('content-type', 'application/json').send(JSON.stringify(body));
}

function answerOf(body: JsonObject): UpstreamAnswer {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = ['content-type', 'application/json', 'content-length', String(bytes.length)];
  return { status: 200, headers, body: bodyOfBytes(bytes) };
}
