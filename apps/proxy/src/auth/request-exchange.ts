import { Exchange } from '../exchange/exchange.js';
import { plainPath } from '../http/plain-path.js';
import { pathOfApi, queryOf } from '../http/routes.js';
import type { CallerRequest } from './caller.js';
import type { EndpointOptions } from './endpoint.decorator.js';
import { userIdOf } from './user-id.js';

const exchanges = new WeakMap<CallerRequest, Exchange>();

/**
 * The exchange of a request, opened by the first guard that needs it.
 *
 * @throws GatewayError invalid_request_error for an invalid user id or path
 */
export function exchangeOf(request: CallerRequest, endpoint: EndpointOptions): Exchange {
  const opened = exchanges.get(request);
  if (opened) return opened;
  const exchange = new Exchange(userIdOf(request.params.user_id), endpoint.operation, pathOf(request, endpoint));
  exchanges.set(request, exchange);
  return exchange;
}

/** Normalized if the endpoint has one path, because the router also accepts spellings such as `/v1/%6dessages`. */
export function pathOf({ raw: { url = '' } }: CallerRequest, { path, under = [] }: EndpointOptions): string {
  return path === undefined ? plainPath(pathOfApi(url), under) : path + queryOf(url);
}
