import { Injectable } from '@nestjs/common';

/** Every upstream that this process knows, in the chain or not: the names that exchanges can be on record with. */
@Injectable()
export class UpstreamNames {
  private names: readonly string[] = [];

  get all(): readonly string[] {
    return this.names;
  }

  learn(names: Iterable<string>): void {
    this.names = [...names];
  }
}
