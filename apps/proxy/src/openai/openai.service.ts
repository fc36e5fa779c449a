import type { ServerResponse } from 'node:http';
import type { Credential, UpstreamAnswer } from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import type { Exchange } from '../exchange/exchange.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { BodyBudget } from '../http/body-budget.js';
import { onCutOff } from '../http/client-connection.js';
import { decodedBody } from '../http/decoded-body.js';
import { EarlyResponse } from '../http/early-response.js';
import { type HttpConfig, httpSection } from '../http/http.config.js';
import { type Delivery, MessagesService } from '../messages/messages.service.js';
import { earlyHeadersOf, headOf } from './answer-head.js';
import { type AnswerTranslation, translationOf } from './answer-translation.js';
import type { JsonObject } from './json-object.js';
import { messageOfAnswer } from './message-of-answer.js';
import { openAiErrorOf, openAiStatusOf, type Refused, refusedBy } from './openai-errors.js';
import { KEEP_ALIVE, relayStream } from './openai-relay.js';
import type { Form } from './openai-to-anthropic.js';
import { TranslatedBody } from './translated-body.js';
import { TranslatedRequest } from './translated-request.js';
import type { TranslatedBytes } from './translation.js';
import { Translator } from './translator.js';
import { broken, wholeAnswer } from './whole-answer.js';

/** What is made of a body while it is translated: its text, its tree, and the new text. */
const WORK_PER_BYTE = 3;

/** One request on its way back to its caller. */
interface ExchangeParts {
  readonly exchange: Exchange;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly translation: AnswerTranslation;
}

/** The story of a request in one of OpenAI's forms: translated, served like any other, translated back. */
@Injectable()
export class OpenAiService {
  constructor(
    private readonly service: MessagesService,
    private readonly budget: BodyBudget,
    private readonly translator: Translator,
    @Inject(httpSection.token) private readonly config: HttpConfig,
  ) {}

  async serve(form: Form, caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw } = request;
    const { exchange, signal, user } = caller;
    const bytes = await this.receive(form, caller, request).catch((error: unknown) => {
      throw this.service.rejected(caller, raw, error);
    });
    const translation = translationOf(form, bytes);
    const translated = new TranslatedRequest(bytes, raw.rawHeaders, user, raw.headers.host);
    const parts = { exchange, response: reply.raw, signal, translation };
    const early = translated.isStream ? this.earlyResponse(reply, parts) : undefined;
    try {
      await this.service.serve(
        translated,
        { ...caller, credential: asApiKey(caller.credential) },
        (answer, observer) => {
          early?.end();
          const isStream = observer.isEventStream && answer.status < 400;
          if (isStream) return this.stream(answer, observer, parts, reply);
          return early?.isSent ? refuseLate(answer, observer, parts) : this.whole(answer, observer, parts, reply);
        },
      );
    } catch (error) {
      if (!early?.isSent) throw error;
      early.close(lastEvent(translation, error));
    } finally {
      early?.end();
    }
  }

  private earlyResponse(reply: FastifyReply, { exchange, translation }: ExchangeParts): EarlyResponse {
    const { pingAfterSeconds } = this.config;
    return new EarlyResponse(reply, {
      headers: () => earlyHeadersOf(exchange, translation.dropped),
      ping: KEEP_ALIVE,
      pingAfterSeconds,
    });
  }

  private async receive(form: Form, caller: Caller, request: FastifyRequest): Promise<TranslatedBytes> {
    const { exchange, signal } = caller;
    const body = await this.receivedBody(caller, request);
    const receivedBytes = body.length;
    const workBytes = receivedBytes * WORK_PER_BYTE;
    const begin = () => this.budget.take(exchange, workBytes);
    const bytes = await this.translator.translate(form, body, { signal, begin });
    this.budget.giveBack(exchange, workBytes + receivedBytes);
    this.budget.take(exchange, bytes.bytes.length);
    return bytes;
  }

  /** Codex compresses its bodies; a translation needs their text. */
  private async receivedBody({ exchange, credential }: Caller, request: FastifyRequest): Promise<Buffer> {
    const body = await this.budget.read(request, exchange, credential);
    const encoded = { headers: request.raw.rawHeaders, body };
    const decoded = await decodedBody(encoded, (bytes) => this.budget.take(exchange, bytes));
    if (decoded !== body) this.budget.giveBack(exchange, body.length);
    return decoded;
  }

  private async stream(
    answer: UpstreamAnswer,
    observer: Parameters<Delivery>[1],
    { exchange, response, translation }: ExchangeParts,
    reply: FastifyReply,
  ): Promise<void> {
    if (!observer.canTellItsEnd) {
      answer.body.destroy();
      throw broken('is compressed although it was asked not to be');
    }
    exchange.respondedWith(answer.status);
    if (!response.headersSent) {
      reply.hijack();
      const head = headOf(answer, exchange, 'text/event-stream; charset=utf-8', translation.dropped);
      response.writeHead(answer.status, head);
    }
    const body = new TranslatedBody(answer.body, observer, translation.stream(), (reason) => exchange.broken(reason));
    onCutOff(response, (reason) => body.cutOff(reason));
    await relayStream(body, response, { exchange, ...this.config });
  }

  private async whole(
    answer: UpstreamAnswer,
    observer: Parameters<Delivery>[1],
    { exchange, response, signal, translation }: ExchangeParts,
    reply: FastifyReply,
  ): Promise<void> {
    const received = await wholeAnswer(answer, observer, signal);
    const told = answer.status < 400 ? translation.answer(messageIn(received)) : refusalIn(received, answer.status);
    const body = Buffer.from(JSON.stringify(told));
    reply.hijack();
    const status = openAiStatusOf(answer.status);
    exchange.respondedWith(status);
    exchange.sent(body.length);
    const head = headOf(answer, exchange, 'application/json', translation.dropped);
    response.writeHead(status, [...head, 'content-length', String(body.length)]).end(body);
  }
}

/** What came instead of a stream, after its head: it becomes the last event, as in a stream that has broken. */
async function refuseLate(
  answer: UpstreamAnswer,
  observer: Parameters<Delivery>[1],
  { exchange, response, signal, translation }: ExchangeParts,
): Promise<void> {
  if (answer.status < 400) {
    answer.body.destroy();
    throw broken('is not a stream');
  }
  const received = await wholeAnswer(answer, observer, signal);
  exchange.respondedWith(openAiStatusOf(answer.status));
  response.end(translation.stream().fail(openAiErrorOf(refusedBy(received.toString(), answer.status))));
}

function lastEvent(translation: AnswerTranslation, error: unknown): string {
  const refused: Refused = error instanceof GatewayError ? error : { type: 'api_error', message: 'Failed.' };
  return translation.stream().fail(openAiErrorOf(refused));
}

function messageIn(body: Buffer): JsonObject {
  const message = messageOfAnswer(body);
  if (message) return message;
  throw broken('is not a message');
}

function refusalIn(body: Buffer, status: number): JsonObject {
  return { error: openAiErrorOf(refusedBy(body.toString(), status)) };
}

/** OpenAI's clients know bearers only; Anthropic's keys have a header of their own in the version that is asked here. */
function asApiKey(credential: Credential | undefined): Credential | undefined {
  const key = credential && /^Bearer +(sk-ant-api\S+)$/i.exec(credential.value.trim())?.[1];
  return credential && key ? { ...credential, header: 'x-api-key', value: key } : credential;
}
