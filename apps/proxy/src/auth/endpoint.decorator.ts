import type { Operation } from '@claude-proxy/upstream';
import { Reflector } from '@nestjs/core';

/** An endpoint for callers: its requests are exchanges, which are recorded and counted. */
export interface EndpointOptions {
  /** `relay` for requests other than messages. */
  readonly operation: Operation | 'relay';
  /** The path at the upstream, such as `/v1/messages`. */
  readonly path?: string;
  /** Instead of `path`: requests at and below these paths are relayed unchanged. */
  readonly under?: readonly string[];
  /** The allowed methods; others get 405. Default: all methods of the route. */
  readonly methods?: readonly string[];
  /** True if the gateway has a local answer for callers without a credential. */
  readonly isOpen?: boolean;
}

export const Endpoint = Reflector.createDecorator<EndpointOptions>();
