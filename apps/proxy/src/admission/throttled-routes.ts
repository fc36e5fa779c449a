/** Which of the limits counts a request: by what it costs, once for its user and once for its address. */
export type LimitName = 'models' | 'count_tokens';

const PREFIX = /^(?:\/user\/:user_id)?(?:\/v1(?=\/v1\/))?/;
const RELAYED = ['/v1/messages/batches', '/v1/files', '/v1/skills', '/v1/models'];
const LIMIT_BY_ROUTE: ReadonlyMap<string, LimitName> = new Map([
  ['/v1/messages', 'models'],
  ['/v1/messages/stream', 'models'],
  ['/v1/chat/completions', 'models'],
  ['/v1/responses', 'models'],
  ['/v1/messages/count_tokens', 'count_tokens'],
  ...RELAYED.flatMap((path): [string, LimitName][] => [
    [path, 'models'],
    [`${path}/*`, 'models'],
  ]),
]);

/** By the pattern of the route and not by the path, which can be spelled in many ways. */
export function limitNameOf(routePattern: string | undefined): LimitName | undefined {
  return routePattern === undefined ? undefined : LIMIT_BY_ROUTE.get(routePattern.replace(PREFIX, ''));
}
