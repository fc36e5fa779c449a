import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOMS } from '../../apps/proxy/src/app.module.js';
import { sectionsIn } from '../../apps/proxy/src/config/declarations.js';
import { secretSettingNames } from '../../apps/proxy/src/config/setting-names.js';
import { tablesIn } from '../../apps/proxy/src/state/state.module.js';
import { tableShapes } from '../../apps/proxy/src/state/table-shapes.js';
import { DRAIN_TIMEOUT, IDLE_TIMEOUT, STOP_TIMEOUT } from '../../infra/cdk/lib/times.ts';
import { FULL_CONTEXT, TRIAL } from '../../infra/cdk/test/support/shapes.ts';
import { containerOf, synthesise } from '../../infra/cdk/test/support/synthesise.ts';

/** Variables of Node itself. */
const NAMES_OF_NODE = ['NODE_OPTIONS'];

const settings = new Map(
  sectionsIn(ROOMS)
    .flatMap((section) => Object.values(section.settings))
    .map((setting) => [setting.variable, setting]),
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
    expect(secrets.map(({ Name }) => Name)).toEqual([
      'ADMIN_TOKEN',
      'ENCRYPTION_KEY',
      'MASKING_SECRET',
      'ANTHROPIC_API_KEY',
    ]);
  });

  it('refuses a secret among the additional settings', () => {
    const settings = { ANTHROPIC_AUTH_TOKEN: 'sk-ant-1' };
    expect(() => synthesise({ ...TRIAL, settings })).toThrow(/ANTHROPIC_AUTH_TOKEN/);
  });
});

describe('the list of secret settings', () => {
  it('is that of the rooms: `npm run tables:print` writes it', () => {
    const written = JSON.parse(readFileSync(new URL('../../infra/cdk/settings.json', import.meta.url), 'utf8'));
    expect(written).toEqual(secretSettingNames(sectionsIn(ROOMS)));
  });
});

describe('tables', () => {
  it('are those of the rooms: `npm run tables:print` writes them', async () => {
    const written = JSON.parse(readFileSync(new URL('../../infra/cdk/tables.json', import.meta.url), 'utf8'));
    expect(written).toEqual(tableShapes(tablesIn(ROOMS)));
  });
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
