/** A calculation with the lease of a counter: while it runs, no part of the lease may be taken. */
export class Calculation {
  readonly promise: Promise<void>;
  isOver = false;
  private readonly resolve: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.promise = promise;
    this.resolve = resolve;
  }

  static ended(): Calculation {
    const calculation = new Calculation();
    calculation.end();
    return calculation;
  }

  end(): void {
    this.isOver = true;
    this.resolve();
  }
}
