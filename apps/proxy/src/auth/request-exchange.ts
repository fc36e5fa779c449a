import { Exchange } from '../exchange/exchange.js';
import { plainPath } from '../http/plain-path.js';
import { pathOfApi, queryOf } from '../http/routes.js';
import type { CallerRequest } from './caller.js';
import type { EndpointOptions } from './endpoint.decorator.js';
import { userIdOf } from './user-id.js';

/** The exchange of a request, and its path and query as an upstream knows them. */
export interface OpenedExchange {
  readonly exchange: Exchange;
  readonly path: string;
}

const OPENED = Symbol('exchange');

/**
 * The exchange of a request, opened by the first guard that needs it.
 *
 * @throws GatewayError invalid_request_error for an invalid user id or path
 */
export function exchangeOf(
  request: CallerRequest & { [OPENED]?: OpenedExchange },
  endpoint: EndpointOptions,
): OpenedExchange {
  request[OPENED] ??= opened(request, endpoint);
  return request[OPENED];
}

function opened(request: CallerRequest, endpoint: EndpointOptions): OpenedExchange {
  const path = pathOf(request, endpoint);
  return { exchange: new Exchange(userIdOf(request.params.user_id), endpoint.operation, path), path };
}

/** Normalized if the endpoint has one path, because the router also accepts spellings such as `/v1/%6dessages`. */
function pathOf({ raw: { url = '' } }: CallerRequest, { path, under = [] }: EndpointOptions): string {
  return path === undefined ? plainPath(pathOfApi(url), under) : path + queryOf(url);
}
