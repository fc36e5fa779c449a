import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Exchange } from './exchange.js';
import type { RequestTrace } from './request-trace.js';

export type BeginTrace = (exchange: Exchange, request: IncomingMessage) => RequestTrace;

/** Where requests get their trace. Without telemetry they have none. */
@Injectable()
export class RequestTraces {
  private beginTrace: BeginTrace | undefined;

  use(beginTrace: BeginTrace | undefined): void {
    this.beginTrace = beginTrace;
  }

  /** Before the request is read. */
  begin(exchange: Exchange, request: IncomingMessage): void {
    if (this.beginTrace) exchange.traced(this.beginTrace(exchange, request));
  }
}
