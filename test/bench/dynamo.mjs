/** A DynamoDB-compatible engine behind a proxy that counts the calls by kind. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, pinned, product } from './subject.mjs';

export const ENGINE = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));
const CREATE_TABLES = fileURLToPath(new URL('../../bin/create-tables.js', import.meta.url));
const run = promisify(execFile);
const START_TRIES = 500;
const WRITES = ['BatchWriteItem', 'UpdateItem', 'PutItem', 'DeleteItem', 'TransactWriteItems'];

export class CountedDynamo {
  calls = new Map();

  /** Undefined if the engine is not installed. */
  static async start() {
    if (!existsSync(ENGINE)) return undefined;
    const dynamo = new CountedDynamo();
    const enginePort = await freePort();
    dynamo.engine = spawn(ENGINE, ['serve', '--port', String(enginePort)], { stdio: 'ignore' });
    pinned(dynamo.engine.pid, 1);
    dynamo.line = createServer((incoming, outgoing) => dynamo.#pass(incoming, outgoing, enginePort));
    await new Promise((resolve) => dynamo.line.listen(0, '127.0.0.1', resolve));
    await untilReady(enginePort);
    await run(process.execPath, [CREATE_TABLES], { env: dynamo.env });
    return dynamo;
  }

  get env() {
    return {
      STATE_STORE: 'dynamodb',
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${this.line.address().port}`,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
  }

  /** The product with its tables in this engine. */
  product(main) {
    const command = product(main);
    return (place) => {
      const { env, ...rest } = command(place);
      return { ...rest, env: { ...env, ...this.env } };
    };
  }

  /** Calls that write. */
  get writes() {
    return WRITES.reduce((sum, kind) => sum + (this.calls.get(kind) ?? 0), 0);
  }

  stop() {
    this.engine.kill('SIGKILL');
    this.line.closeAllConnections();
    this.line.close();
  }

  #agent = new Agent({ keepAlive: true });

  #pass(incoming, outgoing, port) {
    const kind = String(incoming.headers['x-amz-target']).split('.').at(-1);
    this.calls.set(kind, (this.calls.get(kind) ?? 0) + 1);
    const { method, url: path, headers } = incoming;
    const onward = request({ port, host: '127.0.0.1', method, path, headers, agent: this.#agent }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }
}

/** Tries every 10 ms. */
export async function untilReady(port, tries = START_TRIES) {
  for (let tried = 0; tried < tries; tried += 1) {
    const isReady = await new Promise((resolve) => {
      request({ port, host: '127.0.0.1' }, (answer) => resolve(answer.resume() !== undefined))
        .on('error', () => resolve(false))
        .end();
    });
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`no answer on port ${port}`);
}
