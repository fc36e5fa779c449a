import { describe, expect, it } from '@jest/globals';
import { timeText } from '../logs/line-text.js';
import { blocksText, facts, table } from './blocks.js';
import { layoutOf } from './layout.js';
import { countText, durationText, moneyText, numbered, relativeTime, shareText } from './numbers.js';
import { fitted, padded, printable, widthOf } from './width.js';

const TERMINAL = { isTerminal: true, columns: 40, hasColor: false, hasUnicode: true };

describe('the width of a text', () => {
  it('counts two columns for wide characters, and one for a letter with its marks', () => {
    expect(['abc', '박준', 'é', '日本', '😀'].map(widthOf)).toEqual([3, 4, 1, 4, 2]);
  });

  it('is kept when a text is cut or padded', () => {
    expect(fitted('박준영', 5)).toBe('박준…');
    expect(fitted('abc', 3)).toBe('abc');
    expect(fitted('abcd', 3, '.')).toBe('ab.');
    expect(padded('박', 4)).toBe('박  ');
    expect(padded('7', 3, true)).toBe('  7');
  });

  it('does not include control characters, which are replaced', () => {
    expect(printable('a\x1b[31mb\u202ec\nd')).toBe('a\ufffd[31mb\ufffdc d');
  });
});

describe('numbers', () => {
  it('are short enough for a column', () => {
    expect([850, 9_400, 75_000, 3_600_000 * 3 + 60_000 * 20, 86_400_000 * 2].map(durationText)).toEqual([
      '850ms',
      '9.4s',
      '1m',
      '3h 20m',
      '2d',
    ]);
    expect([0, 950, 12_340, 4_100_000, 999_960, 2e9].map(countText)).toEqual(['0', '950', '12.3k', '4.1M', '1M', '2G']);
    expect([null, 0, 0.0042, 12.3, 4210].map(moneyText)).toEqual(['-', '$0', '$0.0042', '$12.30', '$4,210']);
    expect([0, 1, 3].map((count) => numbered(count, 'user'))).toEqual(['0 users', '1 user', '3 users']);
    expect([null, 0.934].map(shareText)).toEqual(['-', '93%']);
    expect([-300_000, 20_000, 300].map((away) => relativeTime(away, 0))).toEqual(['5m ago', 'in 20s', 'now']);
  });
});

describe('blocks', () => {
  const wide = table(
    ['NAME', '>COUNT'],
    [
      ['a name that is much longer than the terminal is wide', 5],
      ['박', 12],
    ],
  );

  it('fit into the terminal', () => {
    const lines = blocksText([wide], TERMINAL).trimEnd().split('\n');
    expect(lines.map(widthOf).every((width) => width <= 40)).toBe(true);
    expect(lines[1]).toMatch(/^a name that is.*… +5$/);
  });

  it('leave out optional columns before they cut an id, a time or a number', () => {
    const logs = table(
      ['!TIME', '!ID', 'MODEL', '?UPSTREAM', '?>TOKENS', '>COST'],
      [['14:53:25', 'exc_0mwz3pu0', 'claude-opus-5-5', 'anthropic', '32.1k', '$0.02']],
    );
    const linesAt = (columns: number) =>
      blocksText([logs], { ...TERMINAL, columns })
        .trimEnd()
        .split('\n');
    expect(linesAt(100)[1]).toContain('anthropic');
    expect(linesAt(60)[0]).toMatch(/^TIME +ID +MODEL +UPSTREAM +COST$/);
    expect(linesAt(44)).toEqual([
      'TIME      ID            MODEL           COST',
      '14:53:25  exc_0mwz3pu0  claude-opus-…  $0.02',
    ]);
    expect(linesAt(20)[1]).toContain('14:53:25  exc_0mwz3pu0');
  });

  it('are separated by tabs, whole and without color, for a program', () => {
    expect(blocksText([wide, facts(['A', 'b'])], { ...TERMINAL, isTerminal: false })).toBe(
      'NAME\tCOUNT\na name that is much longer than the terminal is wide\t5\n박\t12\nA\tb\n',
    );
  });

  it('have colors on a terminal that has not refused them', () => {
    const stdout = { isTTY: true, columns: 80, write: () => {} };
    expect(layoutOf({ env: {}, stdout }).hasColor).toBe(true);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { CI: 'true' }])
      expect(layoutOf({ env, stdout }).hasColor).toBe(false);
    expect(layoutOf({ env: { LANG: 'C' }, stdout }).hasUnicode).toBe(false);
    expect(layoutOf({ env: { LC_ALL: 'ko_KR.UTF-8' }, stdout }).hasUnicode).toBe(true);
  });
});

describe('the time of a request', () => {
  it('has its day if that is another day than today', () => {
    const nowMs = new Date(2026, 10, 27, 9).getTime();
    expect(timeText(new Date(2026, 10, 27, 8, 5, 3).getTime(), nowMs)).toBe('08:05:03');
    expect(timeText(new Date(2026, 10, 26, 8, 5, 3).getTime(), nowMs)).toBe('11-26 08:05');
    expect(timeText(new Date(2025, 10, 27, 8, 5, 3).getTime(), nowMs)).toBe('11-27 08:05');
  });
});
