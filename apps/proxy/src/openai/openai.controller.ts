import { All, Controller, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../auth/caller.js';
import { Endpoint } from '../auth/endpoint.decorator.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { pathOfApi, underEveryPrefix } from '../http/routes.js';
import { OpenAiService } from './openai.service.js';
import { OpenAiErrorFilter } from './openai-error.filter.js';
import { ENDPOINT_RULES, reasonFor } from './rules/endpoint-rules.js';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
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

  /** In OpenAI's form, which the callers of these endpoints read. */
  @All(ENDPOINT_RULES.flatMap(({ paths }) => paths.flatMap(underEveryPrefix)))
  refuse(@Req() { raw }: FastifyRequest): never {
    const path = pathOfApi(raw.url!).split('?')[0]!.slice(0, 200);
    throw new GatewayError({ type: 'not_found_error', message: `${path} is not served here: ${reasonFor(path)}.` });
  }
}
