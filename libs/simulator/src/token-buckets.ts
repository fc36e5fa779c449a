/** Per minute. Each bucket fills continuously. */
export interface BucketLimits {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const DEFAULT_LIMITS: BucketLimits = { requests: 5_000, inputTokens: 5_000_000, outputTokens: 1_000_000 };
const HEADERS = { requests: 'requests', inputTokens: 'input-tokens', outputTokens: 'output-tokens' } as const;
const KINDS = Object.keys(HEADERS) as (keyof BucketLimits)[];
const MINUTE_MS = 60_000;

/** The token buckets of one organization and one model. */
export class TokenBuckets {
  private readonly limits: BucketLimits;
  private readonly levels: Record<keyof BucketLimits, number>;
  private atMs = Date.now();

  constructor(limits: Partial<BucketLimits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.levels = { ...this.limits };
  }

  empty(): void {
    this.fill();
    for (const kind of KINDS) this.levels[kind] = 0;
  }

  /** Takes from every bucket and returns 0, or takes nothing and returns the seconds until all have enough. */
  take(need: BucketLimits): number {
    this.fill();
    const missing = KINDS.map((kind) => ((need[kind] - this.levels[kind]) / this.limits[kind]) * 60);
    const seconds = Math.max(...missing);
    if (seconds > 0) return seconds;
    for (const kind of KINDS) this.levels[kind] -= need[kind];
    return 0;
  }

  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const kind of KINDS) {
      const name = `anthropic-ratelimit-${HEADERS[kind]}`;
      const level = Math.max(0, this.levels[kind]);
      const fullAtMs = Date.now() + ((this.limits[kind] - level) / this.limits[kind]) * MINUTE_MS;
      headers[`${name}-limit`] = String(this.limits[kind]);
      headers[`${name}-remaining`] = String(kind === 'requests' ? Math.floor(level) : inThousands(level));
      headers[`${name}-reset`] = new Date(fullAtMs).toISOString();
    }
    return headers;
  }

  private fill(): void {
    const nowMs = Date.now();
    for (const kind of KINDS) {
      const filled = this.levels[kind] + (this.limits[kind] * (nowMs - this.atMs)) / MINUTE_MS;
      this.levels[kind] = Math.min(this.limits[kind], filled);
    }
    this.atMs = nowMs;
  }
}

/** The service reports remaining tokens in whole thousands. */
function inThousands(tokens: number): number {
  return Math.floor(tokens / 1_000) * 1_000;
}
