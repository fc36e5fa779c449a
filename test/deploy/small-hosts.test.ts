import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'smol-toml';
import { DEFAULT_DRAIN_SECONDS, SETTINGS } from '../support/settings.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const dockerfile = read('Dockerfile');
const port = /^EXPOSE (\d+)$/m.exec(dockerfile)![1]!;
const health = /127\.0\.0\.1:\$\{process\.env\.PORT\}(\/[a-z]+)/.exec(dockerfile)![1]!;

interface FlyToml {
  readonly kill_signal: string;
  readonly kill_timeout: number;
  readonly build: { readonly dockerfile: string; readonly args: Readonly<Record<string, string>> };
  readonly env: Readonly<Record<string, unknown>>;
  readonly mounts: readonly { readonly destination: string }[];
  readonly http_service: {
    readonly internal_port: number;
    readonly checks: readonly { readonly path: string }[];
  };
}

describe('deploy/fly.toml', () => {
  const fly = parse(read('deploy/fly.toml')) as unknown as FlyToml;
  const [mount] = fly.mounts;

  it('agrees with the container on port, health check and volume', () => {
    expect(String(fly.http_service.internal_port)).toBe(port);
    expect(fly.env.PORT).toBe(port);
    expect(fly.http_service.checks.map(({ path }) => path)).toEqual([health]);
    expect(dockerfile).toContain(`VOLUME ${mount!.destination}`);
    expect(fly.env.DATA_DIR).toBe(mount!.destination);
    expect(fly.mounts).toHaveLength(1);
  });

  it('sets only known variables, each as one text, and no secrets', () => {
    expect(Object.keys(fly.env).length).toBeGreaterThan(3);
    for (const [name, value] of Object.entries(fly.env)) {
      expect(SETTINGS.get(name)?.isSecret).toBe(false);
      expect(typeof value).toBe('string');
    }
  });

  it('gives answers the time to end', () => {
    expect(fly.kill_timeout).toBeGreaterThan(DEFAULT_DRAIN_SECONDS);
    expect(fly.kill_signal).toBe('SIGTERM');
  });

  it('runs as the owner of its volume, by an argument that the image has', () => {
    expect(dockerfile).toMatch(/^ARG RUN_AS=1000:1000$/m);
    expect(dockerfile).toMatch(/^USER \$\{RUN_AS\}$/m);
    expect(fly.build.args).toEqual({ RUN_AS: '0:0' });
  });

  it('builds the Dockerfile of the project', () => {
    expect(existsSync(new URL(fly.build.dockerfile, new URL('../../deploy/', import.meta.url)))).toBe(true);
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

describe('documents and examples', () => {
  it.each(['docs/operations.md', 'docs/small-hosts.md', 'docs/accounts.md', 'deploy/fly.toml', 'README.md'])(
    '%s puts no secret on a command line',
    (path) => {
      const text = read(path);
      expect(text).not.toMatch(/--secret-string (?!file:)/);
      expect(text).not.toMatch(/secrets set [A-Z_]+=/);
      // A key that is set in front of a command stays in the history of the shell.
      expect(text).not.toMatch(/sk-ant-\S* .*\b(npm|node|docker)\b/);
    },
  );
});

describe('docs/small-hosts.md', () => {
  it('lists the secret settings of the gateway as secrets', () => {
    const page = read('docs/small-hosts.md');
    for (const name of ['ADMIN_TOKEN', 'ANTHROPIC_API_KEY']) {
      expect(SETTINGS.get(name)?.isSecret).toBe(true);
      expect(page).toContain(name);
    }
    expect(page).toContain(`port \`${port}\``);
    expect(page).toContain(`\`${health}\``);
  });
});
