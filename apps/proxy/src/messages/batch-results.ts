import { billedUsage, countOf, type Usage } from '@claude-proxy/messages-api';

/** A longer line is left out: no answer of a model comes near. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
/** Records take no larger count for one answer (`MAX_COUNT`), so a larger sum is split. */
const MAX_SUM = 50_000_000;
const COUNTERS = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
] as const satisfies readonly (keyof Usage)[];
const NEWLINE = 0x0a;

/** What answers of one model in a batch have used. */
export interface BatchPart {
  readonly model: string;
  readonly usage: Usage;
  /** Nano-dollars; null where a price is not known. */
  readonly cost: number | null;
}

type CostOf = (model: string, usage: Usage) => number | null | undefined;

/** Reads the results of a batch as they pass: one line of JSON for each request. */
export class BatchResults {
  private readonly open = new Map<string, BatchPart>();
  private readonly full: BatchPart[] = [];
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  constructor(private readonly costOf: CostOf) {}

  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.keep(chunk.subarray(start, end));
      this.readLine();
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
  }

  /** After the last chunk. */
  parts(): readonly BatchPart[] {
    this.readLine();
    return [...this.full, ...this.open.values()];
  }

  private keep(bytes: Buffer): void {
    this.pendingBytes += bytes.length;
    if (this.pendingBytes <= MAX_LINE_BYTES) this.pending.push(bytes);
  }

  private readLine(): void {
    const line = this.pendingBytes <= MAX_LINE_BYTES ? Buffer.concat(this.pending).toString() : '';
    this.pending = [];
    this.pendingBytes = 0;
    const message = messageIn(line);
    if (message) this.add(message.model, message.usage);
  }

  /** The price is that of each answer: a long context is dearer. */
  private add(model: string, reported: Usage): void {
    const usage: Usage = { service_tier: 'batch', ...reported };
    const known = this.open.get(model);
    const part = sumOf(known ?? { model, usage: {}, cost: 0 }, billedUsage(usage), this.costOf(model, usage) ?? null);
    this.open.set(model, part);
    if (COUNTERS.every((counter) => countOf(part.usage[counter]) < MAX_SUM)) return;
    this.full.push(part);
    this.open.delete(model);
  }
}

function sumOf({ model, usage: known, cost: knownCost }: BatchPart, usage: Usage, cost: number | null): BatchPart {
  const sums = COUNTERS.map((counter) => [counter, countOf(known[counter]) + countOf(usage[counter])]);
  const searches =
    countOf(known.server_tool_use?.web_search_requests) + countOf(usage.server_tool_use?.web_search_requests);
  return {
    model,
    usage: {
      ...Object.fromEntries(sums),
      ...(searches > 0 && { server_tool_use: { web_search_requests: searches } }),
      service_tier: 'batch',
    },
    cost: knownCost === null || cost === null ? null : knownCost + cost,
  };
}

function messageIn(line: string): { model: string; usage: Usage } | undefined {
  try {
    const { result } = JSON.parse(line) as { result?: { message?: { model?: unknown; usage?: unknown } } };
    const { model, usage } = result?.message ?? {};
    if (typeof model !== 'string' || typeof usage !== 'object' || usage === null) return undefined;
    return { model, usage: usage as Usage };
  } catch {
    return undefined;
  }
}
