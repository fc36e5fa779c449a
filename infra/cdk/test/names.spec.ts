import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { limitTable } from '../../../apps/proxy/src/fallback/limit.table.js';
import { requestsTable } from '../../../apps/proxy/src/request-log/requests.table.js';
import { SECTIONS } from '../../../apps/proxy/src/sections.js';
import { accessTable } from '../../../apps/proxy/src/state/access.table.js';
import { usageTable } from '../../../apps/proxy/src/usage/usage.table.js';
import { ACCESS_TABLE, LIMIT_TABLE, REQUEST_TABLE, type TableShape, USAGE_TABLE } from '../lib/table-definitions.ts';
import { DRAIN_TIMEOUT, IDLE_TIMEOUT, STOP_TIMEOUT } from '../lib/times.ts';
import { containerOf, FULL_CONTEXT, synthesise } from './support/synthesise.ts';

/** Variables of Node itself. */
const NAMES_OF_NODE = ['NODE_OPTIONS'];

const settings = new Map(
  SECTIONS.flatMap((section) => Object.values(section.settings)).map((setting) => [setting.variable, setting]),
);
const container = containerOf(synthesise(FULL_CONTEXT));
const environment = container.Environment as { Name: string; Value: unknown }[];
const secrets = container.Secrets as { Name: string }[];

describe('the environment of the container', () => {
  it.each([...environment, ...secrets].map(({ Name }) => Name))('%s is read by the application', (name) => {
    expect([...settings.keys(), ...NAMES_OF_NODE]).toContain(name);
  });

  it.each(environment.filter(({ Name, Value }) => settings.has(Name) && typeof Value === 'string'))(
    '$Name=$Value is valid for the application',
    ({ Name, Value }) => {
      expect(settings.get(Name)!.kind.schema.safeParse(Value).success).toBe(true);
    },
  );

  it('contains no secrets of the application', () => {
    expect(environment.filter(({ Name }) => settings.get(Name)?.kind.isSecret)).toEqual([]);
    expect(secrets.map(({ Name }) => Name)).toEqual(['ADMIN_TOKEN', 'ANTHROPIC_API_KEY']);
  });

  it('refuses a secret among the additional settings', () => {
    expect(() => synthesise({ settings: { ANTHROPIC_AUTH_TOKEN: 'sk-ant-1' } })).toThrow(/ANTHROPIC_AUTH_TOKEN/);
  });
});

describe('tables', () => {
  it.each([
    [LIMIT_TABLE, limitTable('claude-proxy-rate-limits')],
    [USAGE_TABLE, usageTable('claude-proxy-usage')],
    [REQUEST_TABLE, requestsTable('claude-proxy-requests')],
    [ACCESS_TABLE, accessTable('claude-proxy-access')],
  ])('have the keys and indexes that the application defines ($variable)', (shape, definition) => {
    expect(definitionOf(shape)).toEqual(definition);
    expect(settings.get(shape.variable)?.defaultText).toBe(definition.name);
  });

  function definitionOf({ suffix, partitionKey, sortKey, index }: TableShape) {
    const name = `claude-proxy-${suffix}`;
    return { name, partitionKey, ...(sortKey && { sortKey }), ...(index && { indexes: [index] }) };
  }
});

describe('times', () => {
  it('let the load balancer close idle connections before the application', () => {
    const gateway = readFileSync('apps/proxy/src/gateway.ts', 'utf8');
    const keepAliveMs = Number(/KEEP_ALIVE_MS = ([\d_]+)/.exec(gateway)?.[1]?.replaceAll('_', ''));
    expect(keepAliveMs).toBeGreaterThan(IDLE_TIMEOUT.toMilliseconds());
  });

  it('let the application drain before it is killed', () => {
    expect(DRAIN_TIMEOUT.toSeconds()).toBeLessThan(STOP_TIMEOUT.toSeconds());
    expect(STOP_TIMEOUT.toSeconds()).toBeLessThanOrEqual(120);
  });
});
