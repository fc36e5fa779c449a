import { readFile } from 'node:fs/promises';
import { BETA } from '@claude-proxy/claude-models';
import { describe, expect, it } from '@jest/globals';
import { BETA_POLICIES } from '../../apps/proxy/src/upstreams/bedrock/beta-policies.js';
import { FIELD_POLICIES } from '../../apps/proxy/src/upstreams/bedrock/field-policies.js';
import { policyPage } from '../../apps/proxy/src/upstreams/bedrock/policy-page.js';

const PAGE = new URL('../../docs/bedrock.md', import.meta.url);

describe('docs/bedrock.md', () => {
  it('equals the output of `npm run docs:bedrock`', async () => {
    expect(await readFile(PAGE, 'utf8')).toBe(policyPage());
  });

  it('names each field and each beta once', () => {
    const names = [...FIELD_POLICIES.map(({ field }) => field), ...BETA_POLICIES.map(({ beta }) => beta)];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('has a policy for every beta that the gateway can send', () => {
    const betas = BETA_POLICIES.map(({ beta }) => beta);
    expect(betas).toEqual(expect.arrayContaining(Object.values(BETA)));
  });
});
