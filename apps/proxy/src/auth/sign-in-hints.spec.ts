import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../config/secret.js';
import { AdminToken } from './admin-token.js';
import { signInHints } from './sign-in-hints.js';

const directory = mkdtempSync(join(tmpdir(), 'claude-proxy-hints-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Sections = Parameters<typeof AdminToken.resolve>;
const hintsOf = (adminToken: Secret | undefined, dataDirectory: string) =>
  signInHints(AdminToken.resolve({ adminToken } as Sections[0], { dataDirectory } as Sections[1]), () => 'THE-LINK');

describe('the hints of a terminal', () => {
  it('show the token at the start that created it, and a link at every start', () => {
    const first = hintsOf(undefined, directory);
    expect(first).toMatch(/once and within 15 minutes\n {2}THE-LINK\n/);
    expect(first).toMatch(/shown this once and kept in .*\/admin-token\n {2}ccp-admin-[\w-]{43}\n$/);
    expect(hintsOf(undefined, directory)).toMatch(/THE-LINK\n$/);
  });

  it('never show a token set by an operator', () => {
    expect(hintsOf(new Secret('set-by-an-operator'), directory)).toMatch(/THE-LINK\n$/);
  });

  it('show nothing without a token', () => {
    expect(hintsOf(undefined, join(process.execPath, 'data'))).toBe('');
  });
});
