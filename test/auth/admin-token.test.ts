import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';

const run = promisify(execFile);
const MODULE = new URL('../../dist/apps/proxy/src/auth/admin-token.file.js', import.meta.url).href;
const PROCESSES = 6;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claude-proxy-token-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the token in the data directory', () => {
  it.each<[name: string, content: string | undefined]>([
    ['there is none', undefined],
    ['the one that is there cannot be used', 'short'],
  ])('is one for all processes that start at the same moment where %s', async (name, content) => {
    const data = await mkdtemp(join(directory, 'data-'));
    if (content) await writeFile(join(data, 'admin-token'), content, { mode: 0o600 });
    const startMs = Date.now() + 1_500;
    const script = `const { openTokenFile } = await import(${JSON.stringify(MODULE)});
      while (Date.now() < ${startMs});
      console.log(openTokenFile(${JSON.stringify(data)}).token);`;
    const started = Array.from({ length: PROCESSES }, () =>
      run(process.execPath, ['--input-type=module', '-e', script]),
    );
    const tokens = new Set((await Promise.all(started)).map(({ stdout }) => stdout));
    expect([name, tokens.size]).toEqual([name, 1]);
    expect([...tokens][0]).toBe(await readFile(join(data, 'admin-token'), 'utf8'));
    expect(await readdir(data)).toEqual(['admin-token']);
  });

  it('opens the admin endpoints also after the next start, and never appears in the log', async () => {
    const DATA_DIR = await mkdtemp(join(directory, 'data-'));
    const first = await BuiltGateway.started({ DATA_DIR, LOG_LEVEL: 'debug' });
    const path = join(DATA_DIR, 'admin-token');
    await first.hasLogged(`Admin token: in the file ${path}, made at this start`);
    const { stdout, stderr } = await first.stop();
    const token = (await readFile(path, 'utf8')).trim();
    expect(stdout + stderr).not.toContain(token);
    const second = await BuiltGateway.started({ DATA_DIR });
    await second.hasLogged(`Admin token: in the file ${path}"`);
    const statusWith = async (shown: string) =>
      (await fetch(`${second.url}/debug/env`, { headers: { 'x-admin-token': shown } })).status;
    expect([await statusWith(token), await statusWith(`${token}x`)]).toEqual([200, 401]);
    await second.stop();
  });

  it('is not created if ADMIN_TOKEN is set', async () => {
    const DATA_DIR = await mkdtemp(join(directory, 'data-'));
    const gateway = await BuiltGateway.started({ DATA_DIR, ADMIN_TOKEN: 'admin-token-of-the-test' });
    await gateway.hasLogged('Admin token: the value of ADMIN_TOKEN');
    await gateway.stop();
    expect(await readdir(DATA_DIR)).not.toContain('admin-token');
  });

  it('is missing if it cannot be written: the admin endpoints are closed, and the startup report gives advice', async () => {
    const file = join(directory, 'a-file');
    await writeFile(file, '');
    const gateway = await BuiltGateway.started({
      ...{ STATE_STORE: 'dynamodb', AWS_REGION: 'us-east-1', DATA_DIR: join(file, 'data') },
      ...{ AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' },
    });
    await gateway.hasLogged('The admin endpoints and the dashboard are closed');
    await gateway.hasLogged('cannot be read or written (ENOTDIR). Set ADMIN_TOKEN to open them');
    const answer = await fetch(`${gateway.url}/metrics`, { headers: { 'x-admin-token': 'undefined' } });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('Set ADMIN_TOKEN and restart')]);
    expect(await (await fetch(`${gateway.url}/api/session`)).json()).toEqual({
      is_signed_in: false,
      needs_token: false,
    });
    await gateway.stop();
  });
});
