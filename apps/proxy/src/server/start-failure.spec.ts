import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../config/read-config.js';
import { byFlag, byVariable, type HowToSet, startFailure } from './start-failure.js';

const failure = (members: object, set: HowToSet = byFlag) =>
  startFailure(Object.assign(new Error('listen failed'), members), set);

describe('startFailure', () => {
  it('names a free port where one is taken', () => {
    expect(failure({ code: 'EADDRINUSE', port: 8080 })).toContain('--port 8081');
    expect(failure({ code: 'EADDRINUSE', port: 8080 }, byVariable)).toMatch(/: PORT=8081$/);
  });

  it('tells what to do about a port or an address that is not ours', () => {
    expect(failure({ code: 'EACCES', port: 80 })).toContain('--port 8080');
    expect(failure({ code: 'EADDRNOTAVAIL', address: '192.0.2.1' })).toContain('192.0.2.1 is not an address');
  });

  it('repeats what the configuration says, and gives a stack only for the unforeseen', () => {
    expect(startFailure(new ConfigError(['PORT is "x"']), byFlag)).not.toContain('    at ');
    expect(failure({})).toContain('    at ');
  });
});
