import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { configurationPage } from '../../apps/proxy/src/config/configuration-page.js';
import { SECTIONS } from '../../apps/proxy/src/sections.js';

const PAGE = new URL('../../docs/configuration.md', import.meta.url);

describe('docs/configuration.md', () => {
  it('is what `npm run docs:configuration` prints', async () => {
    expect(await readFile(PAGE, 'utf8')).toBe(configurationPage(SECTIONS));
  });

  it('names every variable once', () => {
    const variables = SECTIONS.flatMap(({ settings }) => Object.values(settings).map(({ variable }) => variable));
    expect(variables.filter((name, index) => variables.indexOf(name) !== index)).toEqual([]);
    for (const variable of variables) expect(configurationPage(SECTIONS)).toContain(`| \`${variable}\` |`);
  });
});
