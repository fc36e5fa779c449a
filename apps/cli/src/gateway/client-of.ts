import { AdminClient } from '@claude-proxy/admin-client';
import type { Gateway } from './gateway.js';
import { nodeTransport } from './node-transport.js';

type ClientOptions = ConstructorParameters<typeof AdminClient>[0];

/** A client of one gateway, with its token. */
export function clientOf(
  { url, token }: Pick<Gateway, 'url' | 'token'>,
  options: Pick<ClientOptions, 'signal' | 'onAnswer'>,
): AdminClient {
  return new AdminClient({
    baseUrl: url,
    transport: nodeTransport,
    ...(token !== undefined && { token }),
    ...options,
  });
}
