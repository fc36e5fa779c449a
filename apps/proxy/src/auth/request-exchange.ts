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
 * @throws GatewayError invalid_request_error for a user id or a path that cannot be
 */
export function exchangeOf(request: CallerRequest, endpoint: EndpointOptions): Exchange {
  const opened = exchanges.get(request);
  if (opened) return opened;
  const exchange = new Exchange(userIdOf(request.params.user_id), endpoint.operation, pathOf(request, endpoint));
  exchanges.set(request, exchange);
  return exchange;
}

/** Spelled anew where the endpoint has one path: the router also takes `/v1/%6dessages` and the like for it. */
export function pathOf({ raw: { url = '' } }: CallerRequest, { path, under = [] }: EndpointOptions): string {
  return path === undefined ? plainPath(pathOfApi(url), under) : path + queryOf(url);
}
