import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
// @ts-expect-error dynalite ships no types
import dynalite from 'dynalite';

const DYNOXIDE = fileURLToPath(new URL('../../node_modules/@dynoxide/linux-x64/dynoxide', import.meta.url));
const START_TIMEOUT_MS = 5000;
const POLL_EVERY_MS = 10;

const createDynalite: (settings: { createTableMs: number }) => Server = dynalite;

export interface DynamoEngine {
  readonly endpoint: string;
  /** False for dynalite, which supports neither TransactWriteItems nor expiry. */
  readonly hasTransactions: boolean;
  close(): Promise<void>;
}

/** The engines do not check credentials, but the SDK requires them. */
export const ENGINE_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export function hasDynoxide(): boolean {
  return existsSync(DYNOXIDE);
}

/** The engine closest to DynamoDB that this machine can run: empty, in memory, on a free loopback port. */
export async function startDynamoEngine(): Promise<DynamoEngine> {
  if (hasDynoxide()) return startDynoxide();
  process.stdout.write('no dynoxide for this platform: running on dynalite, without transactions\n');
  return startDynalite();
}

async function startDynoxide(): Promise<DynamoEngine> {
  const port = await freePort();
  const engine = spawn(DYNOXIDE, ['serve', '--port', String(port)], { stdio: 'ignore' });
  await untilListening(port, engine);
  const close = async () => {
    if (engine.exitCode === null && engine.kill('SIGKILL')) await once(engine, 'exit');
  };
  return { endpoint: `http://127.0.0.1:${port}`, hasTransactions: true, close };
}

export async function startDynalite(): Promise<DynamoEngine> {
  const server = createDynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.close();
    await once(server, 'close');
  };
  return { endpoint: `http://127.0.0.1:${portOf(server)}`, hasTransactions: false, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(port: number, engine: ChildProcess): Promise<void> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await accepts(port))) {
    if (engine.exitCode !== null) throw new Error(`dynoxide ended at once with exit code ${engine.exitCode}`);
    if (Date.now() > deadlineMs) {
      engine.kill('SIGKILL');
      throw new Error(`dynoxide does not listen on port ${port} after ${START_TIMEOUT_MS} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
