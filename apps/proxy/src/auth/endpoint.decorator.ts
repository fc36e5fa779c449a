import type { Operation } from '@claude-proxy/upstream';
import { Reflector } from '@nestjs/core';

/** An endpoint that serves callers: its requests are exchanges, on record and counted. */
export interface EndpointOptions {
  /** `relay` for what is passed on beside the messages. */
  readonly operation: Operation | 'relay';
  /** The path as an upstream knows it, such as `/v1/messages`. */
  readonly path?: string;
  /** In place of `path`: the paths at and below which requests are passed on as they are. */
  readonly under?: readonly string[];
  /** All that the route takes, unless given; others get 405. */
  readonly methods?: readonly string[];
  /** True where the gateway has an answer of its own for callers without a credential. */
  readonly isOpen?: boolean;
}

export const Endpoint = Reflector.createDecorator<EndpointOptions>();
