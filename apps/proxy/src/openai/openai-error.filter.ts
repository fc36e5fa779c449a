import { Catch, Injectable } from '@nestjs/common';
import { EXCHANGE_ID_HEADER, Exchange } from '../exchange/exchange.js';
import type { GatewayError } from '../exchange/gateway-error.js';
import { AllowedMethods } from '../http/allowed-methods.js';
import { AnthropicErrorFilter } from '../http/anthropic-error.filter.js';
import type { RenderedError } from '../http/rendered-error.js';
import { openAiErrorOf, openAiStatusOf } from './openai-errors.js';

/** The same refusals as everywhere, in OpenAI's form. */
@Catch()
@Injectable()
export class OpenAiErrorFilter extends AnthropicErrorFilter {
  // Nest reads what to inject from the class itself.
  constructor(allowedMethods: AllowedMethods) {
    super(allowedMethods);
  }

  protected override render(error: GatewayError, exchangeId = new Exchange('', 'messages', '').id): RenderedError {
    const body = JSON.stringify({ error: openAiErrorOf(error) });
    const headers = {
      ...error.headers,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'x-request-id': exchangeId,
      'request-id': exchangeId,
      [EXCHANGE_ID_HEADER]: exchangeId,
    };
    return { status: openAiStatusOf(error.status), headers, body };
  }
}
