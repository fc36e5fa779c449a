import { describe, expect, it } from '@jest/globals';
import { type Signs, verdictOf } from './verdict.js';

const CALM: Signs = {
  isDraining: false,
  hasUsableUpstream: true,
  hasUsableFallback: true,
  isFallbackConfigured: true,
  lacksCredential: false,
  minutes: 2,
  requests: 20,
  caller_errors: 0,
  failures: 0,
  fallbacks: 0,
  first_byte_ms: 800,
  first_choice: 'anthropic',
  fallback_upstream: 'bedrock',
  unavailable: [],
  limited_users: 0,
  is_drill: false,
  store: 'ok',
  store_engine: 'embedded',
  accounts: { total: 0, ready: 0 },
  accounts_until: null,
  off_reason: null,
  other_tasks: 0,
  silent_tasks: 0,
};
const NO_CREDENTIALS = [{ name: 'bedrock', detail: 'no AWS credentials' }];
const verdict = (signs: Partial<Signs> = {}) => verdictOf({ ...CALM, ...signs });

describe('the verdict', () => {
  it('is that all is well, with the figures behind it', () => {
    expect(verdict()).toMatchObject({
      mood: 'well',
      code: 'well',
      headline: 'All is well. Anthropic answers.',
      note: '20 requests in the last 2 minutes; half of the answers began within 800ms.',
      mend: null,
    });
  });

  it('names the fallback upstream, its share, and the number of limited users', () => {
    expect(verdict({ requests: 50, fallbacks: 17, limited_users: 2 })).toMatchObject({
      mood: 'warning',
      headline: 'Bedrock answers 34% of requests as the fallback. 2 users are limited.',
    });
  });

  it('puts errors before everything that still works', () => {
    expect(verdict({ requests: 50, failures: 10, fallbacks: 17 })).toMatchObject({
      mood: 'trouble',
      headline: '20% of requests fail.',
      note: '10 of 50 in the last 2 minutes ended in an error.',
    });
  });

  it('counts mistakes of callers separately, and they do not hide failures', () => {
    expect(verdict({ requests: 50, caller_errors: 20 })).toMatchObject({
      mood: 'well',
      note: expect.stringContaining(' 20 were refused for a reason that only the caller can correct.'),
    });
    expect(verdict({ requests: 100, failures: 2, caller_errors: 90 }).headline).toBe('20% of requests fail.');
    expect(verdict({ requests: 1, caller_errors: 1 }).code).toBe('quiet');
  });

  it('is not about one failure among a handful of requests', () => {
    expect(verdict({ requests: 3, failures: 1 }).mood).toBe('well');
  });

  it('speaks of one request in one minute as of one', () => {
    expect(verdict({ requests: 1, minutes: 1 }).note).toBe(
      '1 request in the last minute; its answer began within 800ms.',
    );
  });

  it('warns if no fallback is available, and says what to do', () => {
    const { mood, headline, note, mend } = verdict({
      hasUsableFallback: false,
      unavailable: NO_CREDENTIALS,
      requests: 0,
    });
    expect({ mood, headline }).toEqual({ mood: 'warning', headline: 'Anthropic answers; no fallback is available.' });
    expect(note).toBe('No request in the last 2 minutes. Bedrock is not available: no AWS credentials.');
    expect(mend).toContain('AWS_PROFILE');
  });

  it('is green without a fallback that is not configured, and with one of two that is usable', () => {
    expect(verdict({ hasUsableFallback: false, isFallbackConfigured: false }).mood).toBe('well');
    expect(verdict({ unavailable: NO_CREDENTIALS })).toMatchObject({
      mood: 'well',
      note: expect.stringContaining('Bedrock is not available: no AWS credentials.'),
    });
  });

  it('warns while fallback is turned off, with its reason', () => {
    expect(verdict({ off_reason: 'costs', hasUsableFallback: false })).toMatchObject({
      code: 'fallback_off',
      note: expect.stringContaining('Reason: costs.'),
    });
  });

  it('is trouble if all accounts are out, and a warning if a fallback answers meanwhile', () => {
    const accounts = { total: 3, ready: 0 };
    const accounts_until = Date.UTC(2026, 10, 27, 14, 5);
    expect(verdict({ accounts, accounts_until, hasUsableFallback: false })).toMatchObject({
      mood: 'trouble',
      headline: 'All 3 accounts are out.',
      note: expect.stringContaining('The first one is ready at 14:05 UTC.'),
    });
    expect(verdict({ accounts }).mood).toBe('warning');
    expect(verdict({ accounts: { total: 3, ready: 1 } }).mood).toBe('well');
  });

  it('judges the store without any figures', () => {
    const { headline, note, mend } = verdict({ store: 'no answer', minutes: null, requests: 0, first_byte_ms: null });
    expect(headline).toBe('Requests are answered, but the store is away.');
    expect(note).toBe('Counts wait in memory until it is back (no answer).');
    expect(mend).toContain('DATA_DIR');
  });

  it.each<[string, Partial<Signs>, string]>([
    [
      'draining',
      { isDraining: true, store: 'no answer', other_tasks: 2 },
      'This process is being taken out of service.',
    ],
    ['no_upstream', { hasUsableUpstream: false, store: 'x' }, 'No request can be answered: no upstream is usable.'],
    [
      'no_credential',
      { lacksCredential: true },
      'Client keys are required, and the gateway has no credential for Anthropic.',
    ],
    ['drill', { is_drill: true, requests: 10, fallbacks: 10 }, 'A drill is running: Bedrock answers 100% of requests.'],
    ['quiet', { requests: 0 }, 'All is quiet. Everything is ready.'],
  ])('%s comes before what is less urgent', (code, signs, headline) => {
    expect(verdict(signs)).toMatchObject({ code, headline });
  });
});
