import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GATEWAY_ALLOCATOR, GATEWAY_FLAGS } from '../../bin/launcher.js';
import { WORKLOADS } from './payloads.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 5_000;
const CLOCK_TICKS = Number(execFileSync('getconf', ['CLK_TCK']));

/** A measured process that relays, with its CPU time and its memory. */
export class Subject {
  /** Header lines that its requests have beside those of all, each with its line end. */
  head = '';

  static async start(name, makeCommand, upstreamPort) {
    const directory = mkdtempSync(join(tmpdir(), `bench-${name}-`));
    const port = await freePort();
    const log = openSync(join(directory, 'log'), 'w');
    const { file, args, env = {}, headers = {}, hasChannel = false } = makeCommand({ port, upstreamPort, directory });
    const begin = performance.now();
    const child = spawn(file, args, {
      cwd: directory,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', log, log, ...(hasChannel ? ['ipc'] : [])],
    });
    closeSync(log);
    pinned(child.pid, 0);
    const subject = new Subject(name, child, port, directory);
    subject.head = headLines(headers);
    subject.startMs = (await subject.#firstAnswer(begin, headers)) - begin;
    return subject;
  }

  constructor(name, child, port, directory) {
    Object.assign(this, { name, child, port, directory });
  }

  /** User and system time of all threads, in microseconds. */
  cpuMicroseconds() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1e6) / CLOCK_TICKS;
  }

  /** In megabytes: `VmRSS` is the current value, `VmHWM` the peak. */
  memory(field) {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'latin1');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1_024;
  }

  /** Files and sockets. */
  openHandles() {
    return readdirSync(`/proc/${this.child.pid}/fd`).length;
  }

  async stop() {
    const { child } = this;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
      await ended;
      clearTimeout(patience);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #firstAnswer(begin, headers) {
    while (performance.now() - begin < START_PATIENCE_MS) {
      if ((await statusOf(this.port, headers)) === 200) return performance.now();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const log = readFileSync(join(this.directory, 'log'), 'latin1').slice(-1_000);
    await this.stop();
    throw new Error(`${this.name} does not answer: ${log}`);
  }
}

/** One core for the subject and one for the load, if there are two, so that neither waits for the other. */
export function pinned(pid, core) {
  if (availableParallelism() > 1) spawnSync('taskset', ['-a', '-cp', String(core), String(pid)]);
}

export function product(main = join(ROOT, 'dist/apps/proxy/bundle/main.js'), nodeArguments = []) {
  if (!existsSync(main)) throw new Error(`${main} is missing: run \`npm run build\` first`);
  return ({ port, upstreamPort, directory }) => ({
    file: process.execPath,
    args: [...GATEWAY_FLAGS, ...nodeArguments, main],
    env: {
      ...GATEWAY_ALLOCATOR,
      PORT: String(port),
      ANTHROPIC_UPSTREAM_URL: `http://127.0.0.1:${upstreamPort}`,
      DATA_DIR: join(directory, 'data'),
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
      // What the upstream of the benchmark reads.
      FORWARDED_HEADERS: 'x-bench,x-stream,x-pace',
      // High enough that the limit is checked but never reached.
      THROTTLE_LIMIT: '10000000',
    },
  });
}

export function bareRelay({ port, upstreamPort }) {
  return {
    file: process.execPath,
    args: [join(ROOT, 'test/bench/bare-relay.mjs')],
    env: { PORT: String(port), UPSTREAM: `http://127.0.0.1:${upstreamPort}` },
  };
}

/** Undefined if nginx is not installed. */
export function nginx() {
  const file = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find(existsSync);
  if (!file) return undefined;
  return ({ port, upstreamPort, directory }) => {
    mkdirSync(join(directory, 'logs'));
    writeFileSync(join(directory, 'nginx.conf'), nginxConfig(port, upstreamPort));
    return { file, args: ['-p', directory, '-e', 'error.log', '-c', 'nginx.conf'] };
  };
}

function nginxConfig(port, upstreamPort) {
  return `daemon off; master_process off; pid nginx.pid; worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
  access_log access.log; client_body_temp_path body; proxy_temp_path proxied;
  fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  client_max_body_size 32m; client_body_buffer_size 4m; keepalive_requests 10000000; keepalive_timeout 600s;
  upstream anthropic { server 127.0.0.1:${upstreamPort}; keepalive 512; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://anthropic; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_read_timeout 600s;
    }
  }
}
`;
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function headLines(headers) {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

function statusOf(port, further) {
  const { name, body } = WORKLOADS.get('json');
  return new Promise((resolve) => {
    const usual = { 'content-type': 'application/json', 'x-api-key': 'sk-ant-bench', 'x-bench': name };
    const headers = { ...usual, ...further };
    const asking = request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/messages', headers, timeout: 2_000 });
    asking.once('error', () => resolve(0)).once('timeout', () => asking.destroy());
    asking.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.setHeader('content-length', body.length);
    asking.end(body);
  });
}
