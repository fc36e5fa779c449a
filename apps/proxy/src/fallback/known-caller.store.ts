import { Injectable } from '@nestjs/common';
import { SharedItems } from './shared-items.js';

/** What the tasks share about credentials: items `known#<digest>`. */
@Injectable()
export class KnownCallerStore {
  constructor(private readonly items: SharedItems) {}

  /** When the credential was accepted last, in epoch seconds; undefined where that is not known in time. Never throws. */
  async acceptedAt(digest: string): Promise<number | undefined> {
    const item = await this.items.get(nameOf(digest));
    return item && Number(item.accepted_at);
  }

  /** Resolves with false where it could not be written. Never throws. */
  accepted(digest: string, acceptedAt: number, ttl: number): Promise<boolean> {
    return this.items.put(nameOf(digest), { accepted_at: acceptedAt }, ttl);
  }

  forget(digest: string): Promise<boolean> {
    return this.items.delete(nameOf(digest));
  }
}

function nameOf(digest: string): string {
  return `known#${digest}`;
}
