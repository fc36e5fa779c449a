import { errorBody } from '@claude-proxy/messages-api';
import { EXCHANGE_ID_HEADER, Exchange } from '../exchange/exchange.js';
import type { GatewayError } from '../exchange/gateway-error.js';

/** A refusal, ready for the wire. */
export interface RenderedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Anthropic's error body under a `request-id`: that of the exchange, or a new one where none was opened. */
export function renderedError(error: GatewayError, exchangeId?: string): RenderedError {
  const id = exchangeId ?? new Exchange('', 'relay', '').id;
  const body = JSON.stringify(errorBody(error.type, error.message, id, error.details));
  const headers = {
    ...error.headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-content-type-options': 'nosniff',
    'request-id': id,
    [EXCHANGE_ID_HEADER]: id,
  };
  return { status: error.status, headers, body };
}
