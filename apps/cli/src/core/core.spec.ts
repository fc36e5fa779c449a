import { AdminApiError } from '@claude-proxy/admin-client';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../commands.js';
import { matching, proposalFor } from '../shell/completed-words.js';
import { completionScript } from '../shell/completion-scripts.js';
import { CliError, cliErrorOf, exitOfStatus } from './cli-error.js';
import { secondsOf } from './options.js';
import { programOf, usageFault, usageHint } from './program.js';
import { expectNoSecret, withoutSecrets } from './secrets.js';

describe('an error of the gateway', () => {
  it('C4: has the exit code of its status', () => {
    const exits = [400, 401, 403, 404, 409, 412, 422, 429, 500, 503].map(exitOfStatus);
    expect(exits).toEqual([2, 4, 4, 3, 7, 7, 2, 5, 1, 5]);
  });

  it('C2: has a code, message, hint, status and request id as JSON', () => {
    const { json } = cliErrorOf(new AdminApiError(409, 'It has changed.', 'conflict', 'exc_1'), 'http://x');
    expect(json).toEqual({
      error: {
        code: 'conflict',
        message: 'It has changed.',
        hint: expect.any(String),
        status: 409,
        request_id: 'exc_1',
      },
    });
    expect(cliErrorOf(new AdminApiError(0, 'refused'), 'http://x')).toMatchObject({ exit: 5 });
    expect(cliErrorOf(new TypeError('x'), 'http://x')).toMatchObject({ exit: 1 });
  });
});

describe('a secret', () => {
  const secrets = [
    'sk-ant-api03-abcdef',
    'ccp-admin-abcdefgh',
    `ccf_${'a'.repeat(64)}`,
    'ccp_12345678_abcdefghijklmnopqrst',
  ];

  it('C3: is refused on the command line, also as the value of an option, and named as a leak', () => {
    for (const secret of secrets) {
      expect(() => expectNoSecret(['x', `--key=${secret}`], 'y')).toThrow(CliError);
      expect(withoutSecrets(`the key ${secret} here`)).not.toContain(secret);
    }
    expect(() => expectNoSecret(['accounts', 'add', '--name', 'sk'], 'y')).not.toThrow();
  });
});

describe('a duration', () => {
  it('is read with its unit', () => {
    expect(['90', '90s', '15m', '2h', '1d'].map((text) => secondsOf(text, '--for'))).toEqual([
      90, 90, 900, 7_200, 86_400,
    ]);
    expect(() => secondsOf('soon', '--for')).toThrow(/--for is "soon"/);
  });
});

describe('completion', () => {
  it('C11: proposes commands, verbs, options, and values of options', () => {
    const words = (...given: string[]) => matching(proposalFor(COMMANDS, given).words, given.at(-1)!);
    expect(words('dri')).toEqual(['drills']);
    expect(words('drills', '')).toEqual(['list', 'start', 'stop']);
    expect(words('stats', 'daily', '--ra')).toEqual(['--range']);
    expect(words('stats', 'daily', '--range', '')).toEqual(['1h', '24h', '7d', '30d']);
    expect(words('')).not.toContain('complete');
  });

  it('C11: proposes live names where a name is expected', () => {
    expect(proposalFor(COMMANDS, ['users', 'show', '']).names).toBe('users');
    expect(proposalFor(COMMANDS, ['logs', '--model', '']).names).toBe('models');
    expect(proposalFor(COMMANDS, ['logs', '--last', '']).names).toBeUndefined();
  });

  it.each(['bash', 'zsh', 'fish'] as const)('C11: has a script for %s that asks this program', (shell) => {
    expect(completionScript(shell)).toContain('ccp complete --');
  });
});

describe('a fault in a command line', () => {
  const faultOf = (...args: string[]) => {
    try {
      programOf(COMMANDS, '1.0.0', { out: () => {}, err: () => {} }, () => {}).parse(args, { from: 'user' });
    } catch (error) {
      return [usageFault(error), usageHint(args, COMMANDS)];
    }
    return [];
  };

  it('names what is wrong, and how the command is used', () => {
    expect(faultOf('why')).toEqual(['The argument <id> is missing', 'Usage: ccp why <id>. See `ccp why --help`.']);
    expect(faultOf('--json', 'drills', 'stop', 'x', '--yes')).toEqual([
      "unknown option '--yes'",
      'Usage: ccp drills stop <id>. See `ccp drills stop --help`.',
    ]);
    expect(faultOf('stats', 'nonsense')).toEqual([
      '"nonsense" is not expected here',
      expect.stringMatching(/^`ccp stats` has: accounts, daily, hourly, .*\. See `ccp stats --help`\.$/),
    ]);
    expect(faultOf('nosuch')[1]).toBe('See `ccp --help`.');
  });
});
