import type { Verdict } from '@claude-proxy/admin-api';
import { describe, expect, it } from '@jest/globals';
import { createFormat } from '../format/create-format.js';
import { en } from '../texts/en.js';
import { ko } from '../texts/ko.js';
import { type Knowledge, lightOf, shownVerdict } from './shown-verdict.js';

const WELL = {
  mood: 'well',
  code: 'well',
  headline: 'All is well. Anthropic answers.',
  note: '20 requests in the last 2 minutes.',
  mend: null,
  facts: {
    minutes: 2,
    requests: 1_200,
    caller_errors: 3,
    failures: 0,
    fallbacks: 300,
    first_byte_ms: 800,
    first_choice: 'anthropic',
    fallback_upstream: 'bedrock',
    unavailable: [],
    limited_users: 2,
    accounts: { total: 0, ready: 0 },
    accounts_until: null,
    off_reason: null,
    store: 'ok',
    store_engine: 'embedded',
    other_tasks: 0,
    silent_tasks: 0,
  },
} as unknown as Verdict;
const KNOWN: Knowledge = {
  verdict: WELL,
  verdictAt: 1_000,
  errorStatus: undefined,
  feed: 'open',
  lostAt: undefined,
};
const shown = (more: Partial<Knowledge>, texts = en) =>
  shownVerdict({ ...KNOWN, ...more }, texts, createFormat(texts === en ? 'en-US' : 'ko'));

describe('what the page says about the gateway', () => {
  it("is the gateway's own verdict", () => {
    expect(shown({})).toMatchObject({ mood: 'well', headline: WELL.headline, note: WELL.note });
  });

  it('is that the connection was lost, from the moment on that the feed ends', () => {
    expect(shown({ feed: 'waiting', lostAt: 2_000 })).toMatchObject({
      mood: 'waiting',
      headline: 'Connection lost. Asking …',
    });
    expect(shown({ feed: 'waiting', lostAt: 2_000, verdictAt: 3_000 }).mood).toBe('well');
  });

  it('is that the gateway does not answer, whatever it said before', () => {
    expect(shown({ errorStatus: 0, feed: 'waiting', lostAt: 2_000 })).toMatchObject({
      mood: 'trouble',
      headline: 'The gateway does not answer.',
    });
    expect(shown({ errorStatus: 500 }).mood).toBe('well');
  });

  it('is that the process ends, while it drains and does not answer any more', () => {
    expect(shown({ errorStatus: 0, feed: 'draining' }).headline).toBe('This process is being taken out of service.');
  });

  it('waits for the first verdict', () => {
    expect(shown({ verdict: undefined, verdictAt: undefined })).toMatchObject({
      mood: 'waiting',
      headline: 'Looking …',
    });
  });

  it('is complete in Korean for every code', () => {
    const codes = [
      'draining',
      'no_upstream',
      'accounts_out',
      'errors',
      'store_away',
      'no_credential',
      'drill',
      'on_fallback',
      'fallback_off',
      'no_fallback',
      'well',
      'quiet',
    ] as const;
    for (const code of codes) {
      const { headline, note } = shown({ verdict: { ...WELL, code } }, ko);
      expect(headline).toMatch(/[가-힣]/);
      expect(note).toMatch(/[가-힣]/);
    }
    expect(shown({ verdict: { ...WELL, code: 'on_fallback' } }, ko).headline).toContain('25%');
  });

  it('agrees with the light beside the menu', () => {
    expect(lightOf(KNOWN)).toBe('open');
    expect(lightOf({ ...KNOWN, errorStatus: 0 })).toBe('unreachable');
    expect(lightOf({ ...KNOWN, verdict: { ...WELL, code: 'draining' } })).toBe('draining');
  });
});
