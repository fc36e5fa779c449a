import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { ROOMS } from '../../apps/proxy/src/app.module.js';
import { configurationPage } from '../../apps/proxy/src/config/configuration-page.js';
import { sectionsIn } from '../../apps/proxy/src/config/declarations.js';
import { nearMisses } from '../../apps/proxy/src/config/near-misses.js';

const SECTIONS = sectionsIn(ROOMS);
const PAGE = new URL('../../docs/configuration.md', import.meta.url);

describe('docs/configuration.md', () => {
  it('equals the output of `npm run docs:configuration`', async () => {
    expect(await readFile(PAGE, 'utf8')).toBe(configurationPage(SECTIONS));
  });

  it('names every variable once', () => {
    const variables = SECTIONS.flatMap(({ settings }) => Object.values(settings).map(({ variable }) => variable));
    expect(variables.filter((name, index) => variables.indexOf(name) !== index)).toEqual([]);
    for (const variable of variables) expect(configurationPage(SECTIONS)).toContain(`| \`${variable}\` |`);
  });
});

describe('a warning of a mistyped variable', () => {
  it('says nothing of variables that AWS, Claude Code, Node and shells read', () => {
    const names =
      'ANTHROPIC_BASE_URL ANTHROPIC_MODEL ANTHROPIC_SMALL_FAST_MODEL ANTHROPIC_BEDROCK_BASE_URL ANTHROPIC_CUSTOM_HEADERS ANTHROPIC_LOG AWS_DEFAULT_REGION AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_BEARER_TOKEN_BEDROCK AWS_EC2_METADATA_DISABLED AWS_REGIONAL_ENDPOINT CLAUDE_CODE_USE_BEDROCK NODE_OPTIONS HOSTNAME HOSTTYPE LOGNAME REDIS_HOST REDIS_PORT OPENAI_API_KEY OPENAI_BASE_URL BEDROCK_BASE_URL';
    expect(nearMisses(Object.fromEntries(names.split(' ').map((name) => [name, 'x'])), SECTIONS)).toEqual([]);
  });

  it('has no two variables of ours take each other for a slip', () => {
    for (const { settings } of SECTIONS) {
      for (const { variable } of Object.values(settings)) expect(nearMisses({ [variable]: 'x' }, SECTIONS)).toEqual([]);
    }
  });
});
