import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { partsOf } from '../api/api.command.js';
import { clientVariables } from './client-environment.js';
import { exportsFor, shellOf } from './shell-exports.js';

describe('the variables of a client', () => {
  it('name the gateway, the user in its path, and a client key or a placeholder', () => {
    const setup = { url: 'http://x', user: undefined, clientKey: undefined, usesPool: false };
    expect(clientVariables(setup)).toEqual({ ANTHROPIC_BASE_URL: 'http://x' });
    expect(clientVariables({ ...setup, user: 'joon', usesPool: true })).toEqual({
      ANTHROPIC_BASE_URL: 'http://x/user/joon',
      ANTHROPIC_AUTH_TOKEN: 'any-key',
    });
    expect(clientVariables({ ...setup, clientKey: 'k' }).ANTHROPIC_AUTH_TOKEN).toBe('k');
    expect(() => clientVariables({ ...setup, user: '../x' })).toThrow(/not a user name/);
  });

  it('are taken literally by a shell', () => {
    const value = `it's $HOME \`x\` "y" \\z`;
    const printed = execFileSync('sh', ['-c', `${exportsFor('sh', { A: value })}printf %s "$A"`], { encoding: 'utf8' });
    expect(printed).toBe(value);
    expect(exportsFor('powershell', { A: "it's" })).toBe("$env:A = 'it''s'\n");
    expect(exportsFor('fish', { A: "it's" })).toBe("set -gx A 'it\\'s'\n");
    expect([
      shellOf({ SHELL: '/usr/bin/fish' }),
      shellOf({ SHELL: '/bin/zsh' }),
      shellOf({ PSModulePath: 'x' }),
    ]).toEqual(['fish', 'sh', 'powershell']);
  });
});

describe('a path of `ccp api`', () => {
  it('stays a path of the gateway', () => {
    expect(partsOf('api/limits?a=b')).toEqual({ pathname: '/api/limits', query: { a: 'b' } });
    expect(partsOf('/api/x/../limits')).toEqual({ pathname: '/api/limits', query: {} });
    for (const path of ['https://x/y', '//x/y', '\\\\x', 'javascript:1'])
      expect(() => partsOf(path)).toThrow(/not a path/);
  });
});
