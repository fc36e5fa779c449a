import { Injectable } from '@nestjs/common';

/** How often the store has failed this process: a few outages look alike from inside, and are counted in one place. */
@Injectable()
export class StoreHealth {
  private count = 0;

  /** Since the start of the process. */
  get failures(): number {
    return this.count;
  }

  noteFailure(): void {
    this.count += 1;
  }
}
