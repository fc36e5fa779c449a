/** A proxy that adds up the write units which a DynamoDB-compatible engine reports, by table and by index. */
import { Agent, createServer, request } from 'node:http';

const WRITES = /^(BatchWriteItem|UpdateItem|PutItem|DeleteItem)$/;

export async function startUnitLine(endpoint) {
  const line = new UnitLine(new URL(endpoint));
  const server = createServer((incoming, outgoing) => void line.pass(incoming, outgoing));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    units: line.units,
    async close() {
      line.agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class UnitLine {
  /** Name of a table, or of a table and an index → units. */
  units = new Map();
  agent = new Agent({ keepAlive: true });

  constructor(target) {
    this.target = target;
  }

  async pass(incoming, outgoing) {
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1);
    const sent = Buffer.concat(await Array.fromAsync(incoming));
    const body = WRITES.test(operation) ? withCapacity(sent) : sent;
    const { method, url: path, headers } = incoming;
    const { hostname: host, port } = this.target;
    const onward = request({
      host,
      port,
      method,
      path,
      agent: this.agent,
      headers: { ...headers, 'content-length': body.length },
    });
    onward.once('error', () => outgoing.destroy());
    onward.once('response', async (answer) => {
      const text = Buffer.concat(await Array.fromAsync(answer));
      if (answer.statusCode === 200 && body !== sent) this.add(JSON.parse(text));
      // The SDK compares the checksum of the engine with the bytes, which are the engine's own.
      outgoing.writeHead(answer.statusCode, answer.headers).end(text);
    });
    onward.end(body);
  }

  add({ ConsumedCapacity: consumed = [] }) {
    for (const { TableName: table, CapacityUnits, Table, GlobalSecondaryIndexes: indexes = {} } of [consumed].flat()) {
      this.count(table, Table?.CapacityUnits ?? CapacityUnits);
      for (const [name, { CapacityUnits: units }] of Object.entries(indexes)) this.count(`${table} ${name}`, units);
    }
  }

  count(name, units) {
    this.units.set(name, (this.units.get(name) ?? 0) + units);
  }
}

function withCapacity(body) {
  return Buffer.from(JSON.stringify({ ...JSON.parse(body), ReturnConsumedCapacity: 'INDEXES' }));
}
