/** US dollars per million tokens. */
export interface PriceRow {
  /** `anthropic`, `bedrock-global`, `bedrock-regional`, or an upstream of a team's own. */
  readonly upstream: string;
  readonly model: string;
  /** The row holds for requests whose whole input exceeds this; null for all others. */
  readonly above_input_tokens: number | null;
  readonly input: number;
  readonly output: number;
  readonly cache_write_5m: number;
  readonly cache_write_1h: number;
  readonly cache_read: number;
}

/** Answer of `GET /api/prices`: the list in force, with the overrides of the operator. */
export interface PriceReport {
  /** The day on which the prices were looked up, `YYYY-MM-DD`. */
  readonly date: string;
  readonly sources: readonly string[];
  readonly prices: readonly PriceRow[];
}
