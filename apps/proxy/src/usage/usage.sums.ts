import type { TokenCounts } from '@claude-proxy/admin-api';
import type { Item } from '@claude-proxy/storage';
import { addModels, Tally } from './usage.report.js';

/** Counters of many items, added up by day, user, type of request and model. */
export class UsageSums {
  readonly ofDays = new Tally();
  readonly ofUsers = new Tally();
  private readonly ofTypes = new Tally();
  private readonly ofModels = new Tally();

  get size(): number {
    return this.ofDays.size + this.ofUsers.size + this.ofTypes.size + this.ofModels.size;
  }

  /** Skips items of other types than `requestType`, unless that is `all`. */
  add(item: Item, requestType: string): void {
    const type = String(item.request_type ?? 'bedrock');
    if (requestType !== 'all' && type !== requestType) return;
    const [user, day] = String(item.user_period).split('#');
    this.ofDays.add(day!, item);
    this.ofUsers.add(user!, item);
    this.ofTypes.add(type, item);
    addModels(this.ofModels, item);
  }

  addAll({ ofDays, ofUsers, ofTypes, ofModels }: UsageSums): void {
    this.ofDays.addAll(ofDays);
    this.ofUsers.addAll(ofUsers);
    this.ofTypes.addAll(ofTypes);
    this.ofModels.addAll(ofModels);
  }

  breakdowns(): Record<'by_request_type' | 'by_model', Record<string, TokenCounts>> {
    return { by_request_type: this.ofTypes.toJSON(), by_model: this.ofModels.toJSON() };
  }
}
