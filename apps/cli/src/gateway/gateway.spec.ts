import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findGateway } from './gateway.js';
import { profilePath, readProfiles, writeProfiles } from './profiles.js';
import { versionSkew } from './version-skew.js';

let home: string;
const world = (env: Record<string, string> = {}) => ({ env, home, directory: home });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ccp-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const dataDirectory = (files: Record<string, string>) => {
  const place = join(home, '.claude-code-proxy');
  mkdirSync(place, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  return place;
};

describe('findGateway', () => {
  it('finds the gateway of this machine by its data directory, with its token', () => {
    const place = dataDirectory({
      'admin-token': 'ccp-admin-local\n',
      'gateway.json': JSON.stringify({ url: 'http://127.0.0.1:9123', pid: process.pid }),
    });
    expect(findGateway({}, world())).toEqual({
      url: 'http://127.0.0.1:9123',
      token: 'ccp-admin-local',
      source: 'this machine',
      tokenSource: join(place, 'admin-token'),
    });
  });

  it('goes by PORT and ADMIN_TOKEN, of the .env file too, where the process of the address is gone', () => {
    dataDirectory({ 'gateway.json': JSON.stringify({ url: 'http://127.0.0.1:9123', pid: 2 ** 30 }) });
    writeFileSync(join(home, '.env'), 'PORT=9001\nADMIN_TOKEN=from-the-file\n');
    expect(findGateway({}, world())).toMatchObject({ url: 'http://127.0.0.1:9001', token: 'from-the-file' });
    expect(findGateway({}, world({ PORT: '9002' }))).toMatchObject({ url: 'http://127.0.0.1:9002' });
  });

  it('prefers the flag to the variable, the variable to the profile, and that to this machine', () => {
    writeProfiles(world(), { current: 'prod', profiles: { prod: { url: 'https://prod.example', token: 'p' } } });
    expect(findGateway({}, world())).toMatchObject({ url: 'https://prod.example', token: 'p', source: 'profile prod' });
    expect(findGateway({}, world({ CCP_URL: 'https://other.example' }))).toMatchObject({
      source: 'CCP_URL',
      token: undefined,
    });
    expect(findGateway({ url: 'http://flag.example/x/' }, world({ CCP_URL: 'https://other.example' }))).toMatchObject({
      url: 'http://flag.example/x',
      source: '--url',
    });
    expect(findGateway({}, world({ CCP_TOKEN: 't' }))).toMatchObject({ token: 't', tokenSource: 'CCP_TOKEN' });
  });

  it('C3: never sends the token of a profile or of this machine to another address', () => {
    dataDirectory({ 'admin-token': 'ccp-admin-local' });
    writeProfiles(world(), { current: null, profiles: { prod: { url: 'https://prod.example', token: 'p' } } });
    expect(findGateway({ url: 'https://evil.example' }, world()).token).toBeUndefined();
    expect(findGateway({ url: 'https://prod.example' }, world()).token).toBe('p');
    expect(findGateway({ url: 'http://127.0.0.1:1' }, world()).token).toBe('ccp-admin-local');
    expect(findGateway({ url: 'http://127.0.0.1.evil.example' }, world()).token).toBeUndefined();
  });

  it('refuses an address without http, and one with a password in it', () => {
    expect(() => findGateway({ url: 'localhost:8080' }, world())).toThrow(/not an http or https address/);
    expect(() => findGateway({ url: 'http://a:b@x' }, world())).toThrow(/password/);
    expect(() => findGateway({ profile: 'none' }, world())).toThrow(/name "none"/);
  });

  it('C3: keeps profiles in a file that others cannot read, and refuses one that they can', () => {
    writeProfiles(world(), { current: null, profiles: {} });
    const path = profilePath(world());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o640);
    expect(() => readProfiles(world())).toThrow(/permissions 640/);
  });
});

describe('versionSkew', () => {
  it('C13: accepts one minor version of difference, and names the older side beyond that', () => {
    expect([versionSkew('1.4.0', '1.5.9'), versionSkew('1.4.0', '1.3.0'), versionSkew('1.4.0', 'x')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(versionSkew('1.4.0', '1.6.0')).toMatch(/update ccp\.$/);
    expect(versionSkew('2.0.0', '1.9.0')).toMatch(/update the gateway\.$/);
  });
});
