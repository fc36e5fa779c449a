import { headerOf, type UpstreamAnswer } from '@claude-proxy/upstream';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CredentialReader } from '../auth/credential.reader.js';
import { userIdOf } from '../auth/user-id.js';
import { EXCHANGE_ID_HEADER, Exchange } from '../exchange/exchange.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { abortOnHangUp } from '../messages/client-connection.js';
import { requestHeadersFor } from '../messages/forwarded-headers.js';
import { type MessagesConfig, messagesSection } from '../messages/messages.config.js';
import { type Delivery, MessagesService } from '../messages/messages.service.js';
import { plainPath } from '../messages/plain-path.js';
import { relay } from '../messages/relay.js';
import { pathOfApi, queryOf, type UserParams, underEveryPrefix } from '../messages/routes.js';
import type { JsonObject } from './json-object.js';
import { ModelCatalog } from './model.catalog.js';
import { anthropicModel, anthropicModelList, openAiModel, openAiModelList } from './model-lists.js';
import { openAiErrorOf } from './openai-errors.js';
import { unknownModel } from './refusals.js';

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
    @Inject(messagesSection.token) private readonly config: MessagesConfig,
  ) {}

  @Get([...underEveryPrefix(MODELS), ...underEveryPrefix(`${MODELS}/*`)])
  async models(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    const user = userIdOf(request.params.user_id);
    const path = plainPath(pathOfApi(request.raw.url!), [MODELS]);
    if (speaksOpenAi(request)) this.answerOpenAi(idIn(path), reply);
    else await this.answerAnthropic(request, reply, new Exchange(user, 'relay', path));
  }

  private answerOpenAi(id: string | undefined, reply: FastifyReply): void {
    const model = id === undefined ? undefined : this.catalog.find(id);
    if (id === undefined) send(reply, 200, openAiModelList(this.catalog.listed));
    else if (model) send(reply, 200, openAiModel([id, model]));
    else send(reply, 404, { error: openAiErrorOf(unknownModel(id)) });
  }

  private async answerAnthropic(
    request: FastifyRequest<UserParams>,
    reply: FastifyReply,
    exchange: Exchange,
  ): Promise<void> {
    const hangUp = abortOnHangUp(reply.raw);
    const hasCredential = this.credentials.read(request.raw) !== undefined;
    if (hasCredential && (await this.relayed(request, reply, exchange, hangUp))) return;
    if (!hangUp.aborted) this.answerFromTable(exchange.path, reply);
  }

  private answerFromTable(path: string, reply: FastifyReply): void {
    const id = idIn(path);
    const model = id === undefined ? undefined : this.catalog.find(id);
    const query = new URLSearchParams(queryOf(path));
    if (id === undefined) send(reply, 200, anthropicModelList(this.catalog.listed, query));
    else if (model) send(reply, 200, anthropicModel([model.id, model]));
    else throw new GatewayError({ type: 'not_found_error', message: `model: ${id.slice(0, 100)}` });
  }

  /** False where Anthropic could not be asked, or had nothing to say but that it cannot answer now. */
  private async relayed(
    { raw }: FastifyRequest<UserParams>,
    reply: FastifyReply,
    exchange: Exchange,
    hangUp: AbortSignal,
  ): Promise<boolean> {
    reply.header(EXCHANGE_ID_HEADER, exchange.id);
    const waiting = new AbortController();
    const patience = setTimeout(() => waiting.abort(new Error('Anthropic takes too long')), PATIENCE_MS);
    let isDelivered = false;
    const deliver: Delivery = async (answer, tap) => {
      clearTimeout(patience);
      if (!isOfUse(answer)) {
        exchange.status = answer.status;
        answer.body.destroy();
        return;
      }
      isDelivered = true;
      reply.hijack();
      await relay(answer, reply.raw, { exchange, tap, ...this.config });
    };
    const { method = 'GET', rawHeaders, headers } = raw;
    const asked = { method, path: exchange.path, headers: requestHeadersFor(rawHeaders), body: undefined };
    const caller = { credential: this.credentials.read(raw), signal: AbortSignal.any([hangUp, waiting.signal]) };
    await this.service.pass({ ...asked, host: headers.host }, exchange, caller, deliver).catch(ignoreGatewayError);
    clearTimeout(patience);
    return isDelivered;
  }
}

function speaksOpenAi({ raw: { headers } }: FastifyRequest<UserParams>): boolean {
  return /^Bearer /i.test(headers.authorization ?? '') && headers['anthropic-version'] === undefined;
}

/** A refusal is for the caller to see. That nobody is there now is not: Claude Code takes it for an empty list. */
function isOfUse({ status, headers }: UpstreamAnswer): boolean {
  const isAnswer = status < 300 || status === 304 || (status >= 400 && status < 500);
  return isAnswer || headerOf(headers, 'x-should-retry') === 'false';
}

/** What stands behind the list in the path; nothing for the list itself. */
function idIn(path: string): string | undefined {
  const id = /^\/v1\/models\/([^?]+)/.exec(path)?.[1];
  return id ? decodeURIComponent(id.replace(/\/$/, '')) : undefined;
}

function send(reply: FastifyReply, status: number, body: JsonObject): void {
  void reply.status(status).header('content-type', 'application/json').send(JSON.stringify(body));
}

/** The list of our own stands in. */
function ignoreGatewayError(error: unknown): void {
  if (!(error instanceof GatewayError)) throw error;
}
