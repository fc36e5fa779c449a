import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseDocument } from 'yaml';
import { DEFAULT_DRAIN_SECONDS, SETTINGS } from '../support/settings.js';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const exists = (path: string) => existsSync(fileURLToPath(new URL(path, ROOT)));

interface Service {
  readonly build?: { readonly context: string; readonly args: Readonly<Record<string, string>> };
  readonly image: string;
  readonly command?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly unknown[];
  readonly volumes?: readonly unknown[];
  readonly tmpfs?: readonly unknown[];
  readonly stop_grace_period?: string;
}

/** YAML 1.2 as Compose parses it: anchors are resolved, and a duplicate key is an error. */
const document = parseDocument(read('compose.yaml'), { merge: true, uniqueKeys: true, strict: true });
const { services, volumes, networks } = document.toJS() as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: {
    readonly default: { readonly ipam: { readonly config: readonly { readonly subnet: string }[] } };
  };
};
/** Like Compose with an empty environment. */
const interpolated = (value: unknown) => String(value).replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
const each = Object.entries(services);

/** Docker's options of a tmpfs mount, with the form of their values. */
const TMPFS = /^\/[\w/-]*(:(uid|gid)=\d+(,(uid|gid|size|mode)=\w+)*)?$/;
const PORT = /^(\d{1,3}(\.\d{1,3}){3}:)?\d{1,5}:\d{1,5}$/;
const VOLUME = /^(?<source>[\w./-]+):(?<target>\/[\w./-]+)(:ro)?$/;
/** Variables of the AWS SDKs, not of the gateway. */
const OF_AWS = /^AWS_/;

describe('compose.yaml', () => {
  it('is valid YAML', () => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
  });

  it.each(each)('has valid tmpfs mounts for %s', (_name, { tmpfs = [] }) => {
    for (const mount of tmpfs) expect(mount).toMatch(TMPFS);
  });

  it.each(each)('publishes the ports of %s as address, port and port', (_name, { ports = [] }) => {
    for (const port of ports) {
      expect(interpolated(port)).toMatch(PORT);
      // Without an address Docker opens the port to the network.
      expect(interpolated(port)).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it.each(each)('mounts for %s only volumes and files that exist', (_name, service) => {
    for (const volume of service.volumes ?? []) {
      const { source } = VOLUME.exec(String(volume))!.groups as { source: string };
      expect(source.startsWith('.') ? exists(source) : source in volumes).toBe(true);
    }
  });

  it.each(each)('gives %s only known settings, each as one value', (_name, { environment = {} }) => {
    for (const [name, value] of Object.entries(environment)) {
      expect(SETTINGS.has(name) || OF_AWS.test(name)).toBe(true);
      expect(['string', 'number']).toContain(typeof value);
      expect(interpolated(value)).not.toContain('${');
    }
  });

  it.each(each)('starts %s after services that exist', (_name, { depends_on: after = [] }) => {
    const names = Array.isArray(after) ? after : Object.keys(after);
    for (const name of names) expect(Object.keys(services)).toContain(name);
    for (const { condition } of Array.isArray(after) ? [] : Object.values(after)) {
      expect(['service_started', 'service_healthy', 'service_completed_successfully']).toContain(condition);
    }
  });

  it.each(each)('runs in %s a command that the image has', (_name, { build, command = [] }) => {
    for (const word of command) expect(typeof word).toBe('string');
    if (build === undefined || command.length === 0) return;
    expect(exists(command.find((word) => word.startsWith('bin/'))!)).toBe(true);
  });

  it('trusts forwarded addresses from its own network only', () => {
    const [{ subnet }] = networks.default.ipam.config as [{ subnet: string }];
    expect(services.proxy!.environment!.TRUST_PROXY).toBe(subnet);
    expect(interpolated(subnet)).toMatch(/^172\.\d+\.\d+\.0\/24$/);
  });

  it('gives answers the time to end', () => {
    const [, seconds] = /^(\d+)s$/.exec(services.proxy!.stop_grace_period!)!;
    expect(Number(seconds)).toBeGreaterThan(DEFAULT_DRAIN_SECONDS);
  });
});
