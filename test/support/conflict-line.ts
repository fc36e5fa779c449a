import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** DynamoDB locks the items of a transaction from its start to its commit, for some milliseconds. */
const HOLD_MS = 20;
const REFUSED = 'com.amazonaws.dynamodb.v20120810#';

export interface ConflictLine {
  readonly url: string;
  /** Calls that write, and those of them that were refused for a conflict. */
  readonly writes: number;
  readonly conflicts: number;
  close(): Promise<void>;
}

/**
 * A proxy for an engine without conflicts of its own. Like DynamoDB, it refuses a transaction that meets another writer
 * of one of its items, and a single write that meets a transaction. Single writes of an item queue up.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export async function startConflictLine(endpoint: string, holdMs = HOLD_MS): Promise<ConflictLine> {
  const line = new Line(new URL(endpoint), holdMs);
  const server = createServer((incoming, outgoing) => void line.pass(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    get writes() {
      return line.writes;
    },
    get conflicts() {
      return line.conflicts;
    },
    close: () => closed(server, line),
  };
}

type Kind = 'transaction' | 'single';

interface Entry {
  readonly TableName: string;
  readonly Key?: unknown;
  readonly Item?: Record<string, unknown>;
}

class Line {
  writes = 0;
  conflicts = 0;
  readonly agent = new Agent({ keepAlive: true });
  /** The current writers of each item. */
  private readonly held = new Map<string, Set<Kind>>();
  private readonly target: URL;
  private readonly holdMs: number;

  constructor(target: URL, holdMs: number) {
    this.target = target;
    this.holdMs = holdMs;
  }

  async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(incoming as AsyncIterable<Buffer>));
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1)!;
    const items = itemsOf(operation, body);
    if (items.length > 0) this.writes += 1;
    const kind: Kind = operation === 'TransactWriteItems' ? 'transaction' : 'single';
    if (this.isRefused(items, kind)) {
      this.conflicts += 1;
      return refuse(outgoing, kind, items.length);
    }
    for (const item of items) this.hold(item).add(kind);
    const release = () => {
      for (const item of items) this.hold(item).delete(kind);
    };
    this.forward(incoming, body, outgoing, () => setTimeout(release, kind === 'transaction' ? this.holdMs : 0));
  }

  private isRefused(items: readonly string[], kind: Kind): boolean {
    return items.some((item) => {
      const holders = this.hold(item);
      return holders.has('transaction') || (kind === 'transaction' && holders.size > 0);
    });
  }

  private hold(item: string): Set<Kind> {
    const known = this.held.get(item) ?? new Set();
    this.held.set(item, known);
    return known;
  }

  private forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse, done: () => void): void {
    const { hostname: host, port } = this.target;
    const { method, url: path, headers } = incoming;
    const onward = request({ host, port, method, path, headers, agent: this.agent }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      answer.once('close', done);
    });
    onward.once('error', () => {
      done();
      outgoing.destroy();
    });
    onward.end(body);
  }
}

function itemsOf(operation: string, body: Buffer): string[] {
  if (!/Write|Update|Put|Delete/.test(operation) || /Table|TimeToLive/.test(operation)) return [];
  const input = JSON.parse(body.toString());
  if (operation === 'TransactWriteItems') {
    return input.TransactItems.map((each: Record<string, Entry>) => itemOf(Object.values(each)[0]!));
  }
  if (operation !== 'BatchWriteItem') return [itemOf(input)];
  return Object.entries(input.RequestItems as Record<string, { PutRequest: Entry }[]>).flatMap(([TableName, puts]) =>
    puts.map(({ PutRequest: { Item } }) => itemOf({ TableName, Item: Item! })),
  );
}

/** The keys of our tables, in any kind of call. */
function itemOf({ TableName, Key, Item = {} }: Entry): string {
  const { user_id, user_period, partition, sort } = Item;
  return `${TableName} ${JSON.stringify(Key ?? (partition ? { partition, sort } : user_period ? { user_period } : { user_id }))}`;
}

function refuse(outgoing: ServerResponse, kind: Kind, items: number): void {
  const reasons = Array.from({ length: items }, () => ({ Code: 'TransactionConflict' }));
  const body =
    kind === 'transaction'
      ? { __type: `${REFUSED}TransactionCanceledException`, message: 'conflict', CancellationReasons: reasons }
      : { __type: `${REFUSED}TransactionConflictException`, message: 'conflict' };
  outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
}

async function closed(server: Server, line: Line): Promise<void> {
  line.agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
