import { All, Controller, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { type UserParams, underEveryPrefix } from '../http/routes.js';
import { OpenAiService } from './openai.service.js';
import { OpenAiErrorFilter } from './openai-error.filter.js';

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
/** Refused in the form that whoever asks for them reads. */
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

  @All(underEveryPrefix(CHAT))
  async chat(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    expectPost(request);
    await this.service.serve('chat', CHAT, request, reply);
  }

  @All(underEveryPrefix(RESPONSES))
  async responses(@Req() request: FastifyRequest<UserParams>, @Res() reply: FastifyReply): Promise<void> {
    expectPost(request);
    await this.service.serve('responses', RESPONSES, request, reply);
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

function expectPost({ raw: { method } }: FastifyRequest): void {
  if (method === 'POST') return;
  throw new GatewayError({
    type: 'invalid_request_error',
    status: 405,
    message: `${method} is not allowed here; allowed: POST.`,
    headers: { allow: 'POST' },
  });
}
