import type { Account, Analytics, Readiness, RequestLine } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { widthOf } from '../text/width.js';
import { keysOf } from './keys-of.js';
import { changesBetween, Screen } from './screen.js';
import { barOf, frameOf } from './top-frame.js';
import { MAX_LINES, newTop, pressed, type TopState, visibleLines, withLines } from './top-state.js';

const NOW = Date.UTC(2026, 10, 27, 12);
const lineOf = (id: string, more: Partial<RequestLine> = {}): RequestLine => ({
  id,
  started_at: NOW - 10_000,
  user: '박준영',
  operation: 'messages',
  model: 'claude-opus-5-5',
  upstream: 'anthropic',
  fallback_reason: null,
  is_fallback: false,
  is_drill: false,
  is_stream: true,
  outcome: 'completed',
  status: 200,
  input_tokens: 100,
  output_tokens: 50,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 1_000,
  is_output_estimated: false,
  cost_usd: 0.5,
  first_byte_ms: 300,
  duration_ms: 2_000,
  upstream_request_id: null,
  client_key: null,
  team: null,
  account: null,
  session: null,
  cache_break: null,
  ...more,
});
const readiness: Readiness = {
  status: 'ready',
  store: 'ok',
  upstreams: [{ name: 'anthropic', usable: true, detail: '' }],
};
const totals = {
  requests: 10,
  errors: 1,
  fallbacks: 2,
  cost_usd: 3,
  all_tokens: 12_000,
  first_byte_ms: { p50: 300, p95: 900, p99: 950 },
  output_tokens_per_second: 60,
  cache_hit_share: 0.9,
};
const analytics = {
  in_flight: 3,
  totals,
  notices: [],
  by_upstream: { anthropic: totals },
  total_tokens: 12_000,
} as unknown as Analytics;
const account = {
  name: 'acme',
  state: 'ready',
  state_until: null,
  sessions: 4,
  cost_usd: 12,
  windows: [
    { group: 'opus', kind: 'input_tokens', limit: 100, remaining: 25, full_at: NOW + 60_000, lasts_until: null },
  ],
} as unknown as Account;
const full: TopState = {
  ...newTop('http://127.0.0.1:8080', NOW),
  readiness,
  verdict: { mood: 'well', headline: 'All is well.', mend: null },
  hour: analytics,
  day: analytics,
  connection: 'open',
  accounts: [account],
  streams: [
    {
      ...{ id: 's', user: '민지', model: 'claude-opus-5-5', upstream: 'anthropic', is_stream: true },
      ...{ elapsed_ms: 3_000, first_byte_ms: 1_000, answer_bytes: 3_000 },
    },
    {
      ...{ id: 't', user: 'joon', model: null, upstream: null, is_stream: true },
      ...{ elapsed_ms: 500, first_byte_ms: null, answer_bytes: 0 },
    },
  ],
  lines: [lineOf('a'), lineOf('b', { user: 'alice', duration_ms: 9_000 })],
};
const layout = { columns: 80, rows: 24, hasColor: false, hasUnicode: true };
const press = (state: TopState, ...keys: string[]) => keys.reduce((now, key) => pressed(now, key).state, state);

describe('a frame of ccp top', () => {
  it.each([
    [80, 24],
    [200, 60],
    [40, 10],
  ])('C6: fills %i columns and %i rows, with wide characters too', (columns, rows) => {
    for (const state of [
      newTop('http://x', NOW),
      full,
      press(full, '?'),
      press(full, '/', 'x'),
      { ...full, mode: 'story' as const, story: ['word '.repeat(90)] },
    ]) {
      const frame = frameOf(state, { ...layout, columns, rows });
      expect(frame).toHaveLength(rows);
      for (const line of frame) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('shows the verdict, rates, shares, accounts with their tightest window, and requests', () => {
    const text = frameOf(full, layout).join('\n');
    expect(text).toContain('All well');
    expect(text).toContain('In flight 3   last minute 2   last hour 10   errors 1   fallbacks 2');
    expect(text).toContain('Upstreams: anthropic 100%');
    expect(text).toMatch(/acme +ready +4 sess\. +\$12\.00 +opus ███░+ 25% in 1m/);
    expect(text).toMatch(
      /Streams in flight \(2\)\n {2}민지 +opus-5-5 +anthropic +3\.0s +first byte 1\.0s {2}~50 tokens\/s/,
    );
    expect(text).toMatch(/joon +- +- +500ms +waits for the first byte/);
    expect(text).toMatch(/박준영 +opus-5-5 +anthropic +200 +2\.0s +1\.1k +\$0\.50/);
  });

  it('names the task of the streams where there are several, and the last event for ten minutes', () => {
    const event = { id: 'e', type: 'loop.detected', subject: 'user:joon', at: NOW - 60_000, details: {} } as const;
    const state: TopState = { ...full, tasks: 3, streamHost: 'ip-10', event: { ...event, text: 'joon is in a loop.' } };
    const text = frameOf(state, { ...layout, rows: 30 }).join('\n');
    expect(text).toContain('Streams in flight (2) on ip-10, one of 3 tasks');
    expect(text).toContain('\n1m ago: joon is in a loop.');
    expect(frameOf({ ...state, nowMs: NOW + 600_000 }, layout).join('')).not.toContain('loop');
  });

  it('C7: has no escape sequence without color, and none of a name', () => {
    const hostile = { ...full, lines: [lineOf('a', { user: '\x1b[2Jx' })] };
    expect(frameOf(hostile, layout).join('')).not.toContain('\x1b');
    expect(frameOf(full, { ...layout, hasColor: true }).join('')).toContain('\x1b[7m');
  });

  it('is ASCII where the terminal has no Unicode', () => {
    expect(frameOf(full, { ...layout, hasUnicode: false }).join('')).toMatch(/^[\x20-\x7e]*$/);
    expect(barOf(0.5)).toBe('██████░░░░░░ 50%');
  });
});

describe('a key of ccp top', () => {
  it('filters, and clears the filter', () => {
    const filtered = press(full, '/', 'a', 'l', 'i', 'x', 'backspace', 'enter');
    expect(visibleLines(filtered).map(({ id }) => id)).toEqual(['b']);
    expect(visibleLines(press(filtered, 'escape'))).toHaveLength(2);
  });

  it('sorts, pauses, selects and quits', () => {
    expect(visibleLines(press(full, 's')).map(({ id }) => id)).toEqual(['b', 'a']);
    const paused = press(full, 'p');
    expect(visibleLines(withLines(paused, [lineOf('c')]))).toHaveLength(2);
    expect(visibleLines(press(withLines(paused, [lineOf('c')]), 'p'))).toHaveLength(3);
    expect(press(full, 'down', 'down', 'down').selected).toBe(1);
    expect(press(full, 'up').selected).toBe(0);
    expect(pressed(full, 'enter')).toMatchObject({ act: 'story', state: { mode: 'story' } });
    expect([
      pressed(full, 'q').act,
      pressed(press(full, '/'), 'q').act,
      pressed(press(full, '/'), 'ctrl-c').act,
    ]).toEqual(['quit', undefined, 'quit']);
    expect(press(full, '?', 'escape').mode).toBe('list');
  });

  it('is read from what a terminal sends at once', () => {
    expect(keysOf('\x1b[A\x1b[Bq박\x1b\r\x7f\x03')).toEqual([
      'up',
      'down',
      'q',
      '박',
      'escape',
      'enter',
      'backspace',
      'ctrl-c',
    ]);
  });
});

describe('the list of requests', () => {
  it('has each request once, and a bounded number', () => {
    const many = Array.from({ length: MAX_LINES + 50 }, (_, index) => lineOf(`r${index}`));
    expect(withLines(withLines(full, many), many).lines).toHaveLength(MAX_LINES);
    expect(withLines(full, [lineOf('a')])).toBe(full);
  });
});

describe('the screen', () => {
  it('writes the lines that have changed only, and leaves the terminal as it was', () => {
    const written: string[] = [];
    const screen = new Screen({ write: (text) => void written.push(text) });
    screen.open();
    screen.draw(['a', 'b']);
    screen.draw(['a', 'b']);
    screen.draw(['a', 'c']);
    screen.close();
    screen.close();
    expect(written).toHaveLength(4);
    expect(written[2]).toBe('\x1b[?2026h\x1b[2;1Hc\x1b[K\x1b[?2026l');
    expect(written[3]).toBe('\x1b[?7h\x1b[?25h\x1b[?1049l');
    expect(changesBetween(['a'], ['a'])).toBe('');
  });
});
