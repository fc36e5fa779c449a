import { All, Controller, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { Endpoint } from '../auth/endpoint.decorator.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { underEveryPrefix } from '../http/routes.js';
import { OpenAiService } from './openai.service.js';
import { OpenAiErrorFilter } from './openai-error.filter.js';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
/** Refused in OpenAI's form, which their callers read. */
const NOT_SERVED = [
  'completions',
  'embeddings',
  'moderations',
  'audio/*',
  'images/*',
  'chat/completions/*',
  'responses/*',
]
  .map((path) => `/v1/${path}`)
  .flatMap(underEveryPrefix);

/** HTTP in, HTTP out: the endpoints of OpenAI's dialect, for everybody and per user. */
@Controller()
@UseFilters(OpenAiErrorFilter)
export class OpenAiController {
  constructor(private readonly service: OpenAiService) {}

  @Endpoint({ operation: 'messages', path: CHAT, methods: ['POST'] })
  @All(underEveryPrefix(CHAT))
  chat(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.service.serve('chat', caller, request, reply);
  }

  @Endpoint({ operation: 'messages', path: RESPONSES, methods: ['POST'] })
  @All(underEveryPrefix(RESPONSES))
  responses(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.service.serve('responses', caller, request, reply);
  }

  @All(NOT_SERVED)
  refuse(@Req() { raw }: FastifyRequest): never {
    const path = raw.url!.split('?')[0]!.slice(0, 200);
    throw new GatewayError({
      type: 'not_found_error',
      message: `${path} is not served here: nothing is stored, and Claude answers in text.`,
    });
  }
}
