import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_DRAIN_SECONDS, SETTINGS } from '../support/settings.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const dockerfile = read('Dockerfile');
const port = /^EXPOSE (\d+)$/m.exec(dockerfile)![1]!;
const health = /127\.0\.0\.1:\$\{process\.env\.PORT\}(\/[a-z]+)/.exec(dockerfile)![1]!;

describe('deploy/fly.toml', () => {
  const fly = read('deploy/fly.toml');
  const settingOf = (name: string) => new RegExp(`^${name} = "?([^"\\n]+)"?$`, 'm').exec(fly)?.[1];

  it('agrees with the container on port, health check and volume', () => {
    expect(settingOf('internal_port')).toBe(port);
    expect(settingOf('PORT')).toBe(port);
    expect(settingOf('path')).toBe(health);
    expect(dockerfile).toContain(`VOLUME ${settingOf('destination')}`);
    expect(settingOf('DATA_DIR')).toBe(settingOf('destination'));
  });

  it('sets only what the gateway reads, and no secret', () => {
    const names = [...fly.matchAll(/^([A-Z_]+) = /gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(SETTINGS.get(name)?.isSecret).toBe(false);
  });

  it('leaves answers the time to end', () => {
    expect(Number(settingOf('kill_timeout'))).toBeGreaterThan(DEFAULT_DRAIN_SECONDS);
    expect(settingOf('kill_signal')).toBe('SIGTERM');
  });
});

describe('deploy/railway.json', () => {
  const { build, deploy } = JSON.parse(read('deploy/railway.json'));

  it('agrees with the container on image, command and health check', () => {
    expect(build.dockerfilePath).toBe('Dockerfile');
    const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]!).join(' ');
    expect(deploy.startCommand).toBe(command);
    expect(deploy.healthcheckPath).toBe(health);
    expect(deploy.drainingSeconds).toBeGreaterThan(DEFAULT_DRAIN_SECONDS);
  });
});

describe('docs/small-hosts.md', () => {
  it('names as secrets what the gateway keeps secret', () => {
    const page = read('docs/small-hosts.md');
    for (const name of ['ADMIN_TOKEN', 'ANTHROPIC_API_KEY']) {
      expect(SETTINGS.get(name)?.isSecret).toBe(true);
      expect(page).toContain(name);
    }
    expect(page).toContain(`port \`${port}\``);
    expect(page).toContain(`\`${health}\``);
  });
});
