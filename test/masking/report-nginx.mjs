import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PLACES = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'];

export function hasNginx() {
  return PLACES.some((place) => existsSync(place));
}

/** nginx with the configuration of the compose profile, in front of a gateway on this machine. */
export async function startNginx({ directory, port, gatewayPort }) {
  const folder = join(directory, 'nginx');
  await mkdir(join(folder, 'logs'), { recursive: true });
  await writeFile(
    join(folder, 'nginx.conf'),
    localConfig(await readFile('infra/nginx/nginx.conf', 'utf8'), port, gatewayPort),
  );
  const file = PLACES.find((place) => existsSync(place));
  return spawn(file, ['-p', folder, '-e', 'logs/error.log', '-c', 'nginx.conf', '-g', 'daemon off;'], {
    stdio: 'ignore',
  });
}

/** Only addresses and places of files differ. */
function localConfig(config, port, gatewayPort) {
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  const changes = [
    ['worker_processes auto;', 'worker_processes 1;'],
    ['pid /tmp/nginx.pid;', 'pid nginx.pid;'],
    ['access_log /dev/stdout;', `access_log logs/access.log; ${folders.join(' ')}`],
    ['error_log /dev/stderr warn;', 'error_log logs/error.log warn;'],
    ['server proxy:8080;', `server 127.0.0.1:${gatewayPort};`],
    ['listen 8088;', `listen 127.0.0.1:${port};`],
  ];
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`infra/nginx/nginx.conf does not contain "${from}"`);
    return text.replace(from, to);
  }, config);
}
