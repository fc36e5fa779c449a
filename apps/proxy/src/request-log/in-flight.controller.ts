import { hostname } from 'node:os';
import type { InFlightLine, InFlightList } from '@claude-proxy/admin-api';
import { Get } from '@nestjs/common';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import type { Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { TaskRegister } from '../state/task.register.js';

const MAX_LINES = 200;

/** Requests that this process serves now. */
@AdminController('api/in-flight')
@OpenToThisMachine()
export class InFlightController {
  constructor(
    private readonly feed: ExchangeFeed,
    private readonly tasks: TaskRegister,
  ) {}

  @Get()
  list(): InFlightList {
    const requests = this.feed.open().slice(0, MAX_LINES).map(lineOf);
    return { requests, count: this.feed.inFlight, task: { id: this.tasks.id, host: hostname() } };
  }
}

function lineOf(exchange: Exchange): InFlightLine {
  const { id, user, model, upstream, isStream, firstByteMs, answerBytes } = exchange;
  return {
    id,
    user,
    model: model ?? null,
    upstream: upstream ?? null,
    is_stream: isStream,
    elapsed_ms: Math.round(exchange.elapsedMs()),
    first_byte_ms: firstByteMs === undefined ? null : Math.round(firstByteMs),
    answer_bytes: answerBytes,
  };
}
