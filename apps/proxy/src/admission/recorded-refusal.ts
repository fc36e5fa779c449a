import type { FastifyRequest } from 'fastify';
import { userIdOf } from '../auth/user-id.js';
import { Exchange } from '../exchange/exchange.js';
import type { ExchangeFeed } from '../exchange/exchange-feed.js';
import type { GatewayError } from '../exchange/gateway-error.js';
import { limitNameOf } from './throttled-routes.js';

const RELAYED = /\/v1\/(?:messages\/batches|files|skills|models)/;

export type Guarded = FastifyRequest<{ Params: { user_id?: string } }>;

/** Notes a request that was refused before its room saw it, and returns the id of its exchange. */
export function recordRefusal(feed: ExchangeFeed, request: Guarded, { status, message }: GatewayError): string {
  const pattern = request.routeOptions.url;
  const path = (pattern ?? '').replace('/user/:user_id', '');
  const isRelayed = RELAYED.test(path);
  const operation = isRelayed ? 'relay' : limitNameOf(pattern) === 'count_tokens' ? 'count_tokens' : 'messages';
  const exchange = new Exchange(userIdOf(request.params.user_id), operation, path);
  Object.assign(exchange, { status, outcome: 'refused', errorMessage: message });
  feed.begin();
  feed.finish(exchange);
  return exchange.id;
}
