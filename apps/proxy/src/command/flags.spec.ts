import { describe, expect, it } from '@jest/globals';
import { readFlags } from './flags.js';

describe('readFlags', () => {
  it('reads port, host and open', () => {
    expect(readFlags(['--port', '9000', '--host=0.0.0.0', '--open'])).toEqual({
      port: '9000',
      host: '0.0.0.0',
      opensBrowser: true,
      wants: 'start',
    });
    expect(readFlags(['-p', '0'])).toMatchObject({ port: '0', opensBrowser: false });
  });

  it('leaves to the environment what is not given', () => {
    expect(readFlags([])).toEqual({ port: undefined, host: undefined, opensBrowser: false, wants: 'start' });
  });

  it('lets help win over everything', () => {
    expect(readFlags(['--version', '--help', '--port', 'x']).wants).toBe('help');
    expect(readFlags(['-v']).wants).toBe('version');
  });

  it.each([[['--prot', '1']], [['--port']], [['start']], [['--open=yes']]])('refuses %j', (given) => {
    expect(() => readFlags(given)).toThrow(/option|argument/i);
  });
});
