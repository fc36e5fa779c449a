import type { MaskingFigures as Figures, MaskingAlarm, MaskingUser } from '@claude-proxy/admin-api';
import { ALARM_FORMS } from '@claude-proxy/masking';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { FinishedExchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';

const MAX_ALARMS = 50;
/** Names of users come from paths. */
const MAX_USERS = 1_000;

type Count = { masked: number; restored: number };

/** What was masked since the start of this process, by rule and by user. */
@Injectable()
export class MaskingFigures implements OnModuleInit {
  private readonly startedAt = Date.now();
  private readonly rules = new Map<string, Count>();
  private readonly users = new Map<string, Count & { left: number }>();
  /** By user and rule; the latest last. */
  private readonly alarms = new Map<string, MaskingAlarm>();
  private blobs = 0;

  constructor(private readonly feed: ExchangeFeed) {}

  onModuleInit(): void {
    this.feed.onFinished((exchange) => this.add(exchange));
  }

  get all(): Figures {
    const users: MaskingUser[] = [...this.users].map(([user, count]) => ({ user, ...count }));
    return {
      since: this.startedAt,
      by_rule: Object.fromEntries(this.rules),
      by_user: users.sort((one, other) => other.masked - one.masked).slice(0, 100),
      blobs: this.blobs,
      alarms: [...this.alarms.values()].reverse(),
    };
  }

  private add({ masking, user, id, startedAt }: FinishedExchange): void {
    if (!masking) return;
    this.blobs += masking.blobs ?? 0;
    const known = this.users.get(user) ?? { masked: 0, restored: 0, left: 0 };
    if (this.users.size < MAX_USERS) this.users.set(user, known);
    known.left += masking.left;
    for (const [rule, count] of Object.entries(masking.replaced)) {
      this.countOf(rule).masked += count;
      known.masked += count;
      if (ALARM_FORMS.has(rule)) this.alarm({ rule, user, request: id, at: startedAt });
    }
    for (const [rule, count] of Object.entries(masking.restored)) {
      this.countOf(rule).restored += count;
      known.restored += count;
    }
  }

  private alarm(alarm: Omit<MaskingAlarm, 'requests'>): void {
    const key = `${alarm.rule} ${alarm.user}`;
    const requests = (this.alarms.get(key)?.requests ?? 0) + 1;
    this.alarms.delete(key);
    this.alarms.set(key, { ...alarm, requests });
    if (this.alarms.size > MAX_ALARMS) this.alarms.delete(this.alarms.keys().next().value!);
  }

  private countOf(rule: string): Count {
    const count = this.rules.get(rule) ?? { masked: 0, restored: 0 };
    this.rules.set(rule, count);
    return count;
  }
}
