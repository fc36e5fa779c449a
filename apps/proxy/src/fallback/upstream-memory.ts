import type { SharedMemory } from '@claude-proxy/upstream';
import { Injectable } from '@nestjs/common';
import { SharedItems } from './shared-items.js';

/** An upstream that remembers more than this does not remember facts. */
const MAX_TEXT_CHARACTERS = 16_384;

/** What upstreams share between tasks: items `learned#<upstream>#<key>`. */
@Injectable()
export class UpstreamMemory {
  constructor(private readonly items: SharedItems) {}

  of(upstream: string): SharedMemory {
    const nameOf = (key: string) => `learned#${upstream}#${key}`;
    return {
      recall: (key) => this.recall(nameOf(key)),
      remember: (key, text, seconds) => this.remember(nameOf(key), text, seconds),
    };
  }

  private async recall(name: string): Promise<string | undefined> {
    const item = await this.items.get(name);
    // The table drops items some time after their end.
    const isOver = Number(item?.ttl ?? 0) * 1_000 <= Date.now();
    return item && !isOver ? String(item.text) : undefined;
  }

  private remember(name: string, text: string, seconds: number): void {
    if (text.length > MAX_TEXT_CHARACTERS) return;
    void this.items.put(name, { text }, Math.ceil(Date.now() / 1_000 + seconds));
  }
}
