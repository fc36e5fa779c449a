import type { Item, TableDefinition, Write } from '@claude-proxy/storage';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Exchange } from '../exchange/exchange.js';
import { Recorder } from '../recording/recorder.js';
import { figuresOfExchange } from './figures.js';
import { detailOf } from './request-line.js';
import { type RequestLogConfig, requestLogSection } from './request-log.config.js';
import { dayOf, hourKeyOf, hourOf, lineKeyOf, requestsTable, slotKeyOf, userKeyOf } from './requests.table.js';

const DAY_SECONDS = 24 * 60 * 60;
/** Slots serve the last hour, hours of users the last day; what lasts is by day. */
const SLOT_TTL_SECONDS = 2 * DAY_SECONDS;
const USER_HOUR_TTL_SECONDS = 3 * DAY_SECONDS;
const FIGURES_TTL_SECONDS = 90 * DAY_SECONDS;

/** Keeps a line of every exchange, and adds it to the figures of its time. */
@Injectable()
export class RequestLogLedger implements OnModuleInit {
  private readonly table: TableDefinition;

  constructor(
    private readonly recorder: Recorder,
    @Inject(requestLogSection.token) private readonly config: RequestLogConfig,
  ) {
    this.table = requestsTable(config.table);
  }

  onModuleInit(): void {
    this.recorder.addLedger((exchange) => [this.lineOf(exchange), ...this.figuresOf(exchange)]);
  }

  private lineOf(exchange: Exchange): Write {
    const { id, startedAt } = exchange;
    const ttl = Math.floor(Date.now() / 1_000) + this.config.keepDays * DAY_SECONDS;
    const item: Item = { ...lineKeyOf(id, startedAt), ...detailOf(exchange), ttl };
    return { kind: 'put', table: this.table, item };
  }

  /** Only of messages: a page of models is no use of Claude. */
  private figuresOf(exchange: Exchange): Write[] {
    if (exchange.operation !== 'messages') return [];
    const { startedAt, user, upstream = 'nobody' } = exchange;
    const model = labelOf(exchange.model);
    const full = figuresOfExchange(exchange, true);
    const plain = figuresOfExchange(exchange, false);
    return [
      this.addition(slotKeyOf(startedAt, user, upstream, model), full, SLOT_TTL_SECONDS, { user, upstream, model }),
      this.addition(hourKeyOf(startedAt, upstream, model), full, FIGURES_TTL_SECONDS, { upstream, model }),
      this.addition(userKeyOf(hourOf(startedAt), user), plain, USER_HOUR_TTL_SECONDS, { user }),
      this.addition(userKeyOf(dayOf(startedAt), user), plain, FIGURES_TTL_SECONDS, { user }),
    ];
  }

  private addition(
    key: Readonly<Record<string, string>>,
    add: Record<string, number>,
    ttlSeconds: number,
    set: Readonly<Record<string, string>>,
  ): Write {
    const ttl = Math.floor(Date.now() / 1_000) + ttlSeconds;
    return { kind: 'increment', table: this.table, key, add, set: { ...set, ttl } };
  }
}

/** Names come from clients: what is no name of a model shares one label, so that nobody can fill the table with names. */
function labelOf(model: string | undefined): string {
  return model !== undefined && /^[\w.:/@-]{1,100}$/.test(model) ? model : 'other';
}
