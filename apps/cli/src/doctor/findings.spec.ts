import { describe, expect, it } from '@jest/globals';
import { checksWithout } from './checked.js';
import { type DoctorFacts, findingsOf } from './findings.js';

const right: DoctorFacts = {
  url: 'http://127.0.0.1:8080',
  ownVersion: '1.0.0',
  env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:8080/user/joon', ANTHROPIC_AUTH_TOKEN: 'x' },
  nowMs: Date.UTC(2026, 10, 27),
  unreachable: null,
  hasToken: true,
  session: { is_signed_in: true, needs_token: true, role: 'admin' },
  skew: null,
  clockSkewMs: 400,
  models: { status: 200, ms: 30 },
  firstEventMs: 20,
  readiness: { status: 'ready', store: 'ok', upstreams: [{ name: 'anthropic', usable: true, detail: '' }] },
  verdict: { mood: 'well', code: 'well', headline: 'All is well.', note: '', mend: null },
  hour: { notices: [] },
  prices: { date: '2026-11-01' },
  accounts: [
    { name: 'a', organization: 'one', state: 'ready', state_reason: null },
    { name: 'b', organization: 'two', state: 'ready', state_reason: null },
  ],
  drills: { drills: [], is_forced: false },
  fallback: { is_on: true, is_configured: true, off_since: null, reason: null },
};
const withEnv = (env: Record<string, string>) => ({ env: { ...right.env, ...env } });

const FAULTS: readonly (readonly [string, Partial<DoctorFacts>, RegExp])[] = [
  ['reachable', { unreachable: 'ECONNREFUSED' }, /ccp serve/],
  ['token', { session: { is_signed_in: false, needs_token: true } }, /ccp login/],
  ['token', { session: { is_signed_in: false, needs_token: true }, hasToken: false }, /ccp login/],
  ['version', { skew: 'apart' }, /same version/],
  ['clock', { clockSkewMs: -400_000 }, /NTP/],
  ['streams', { firstEventMs: 5_000 }, /proxy_buffering off/],
  ['models', { models: { status: 301, ms: 5 } }, /address that it leads to/],
  ['models', { models: { status: 200, ms: 5_000 } }, /network/],
  ['models', { models: { status: 502, ms: 5 } }, /ccp why/],
  ['base-url', withEnv({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:8080/v1' }), /Set it to http:\/\/127\.0\.0\.1:8080\.$/],
  ['base-url', withEnv({ ANTHROPIC_BASE_URL: 'https://api.anthropic.com' }), /ccp env/],
  ['base-url', withEnv({ ANTHROPIC_BASE_URL: 'localhost 8080' }), /Set it to/],
  ['credentials', withEnv({ ANTHROPIC_API_KEY: 'y' }), /Unset one/],
  ['environment', withEnv({ DISABLE_PROMPT_CACHING: '1' }), /Unset DISABLE_PROMPT_CACHING/],
  ['environment', withEnv({ CLAUDE_CODE_USE_BEDROCK: '1' }), /Unset CLAUDE_CODE_USE_BEDROCK/],
  ['proxy', withEnv({ HTTP_PROXY: 'http://proxy:3128' }), /NO_PROXY/],
  ['store', { readiness: { ...right.readiness!, store: 'no answer' } }, /STATE_STORE/],
  [
    'upstreams',
    { readiness: { ...right.readiness!, upstreams: [{ name: 'bedrock', usable: false, detail: 'no credentials' }] } },
    /bedrock:InvokeModel/,
  ],
  [
    'accounts',
    { accounts: right.accounts.map((account) => ({ ...account, organization: 'one' })) },
    /other organizations/,
  ],
  [
    'verdict',
    { verdict: { mood: 'trouble', code: 'accounts_out', headline: 'All are out.', note: '', mend: 'Add one.' } },
    /Add one/,
  ],
  ['accounts', { accounts: [{ ...right.accounts[0]!, state: 'refused' }] }, /ccp accounts probe a/],
  ['fallback', { fallback: { ...right.fallback!, is_on: false } }, /ccp fallback on/],
  ['drills', { drills: { drills: [], is_forced: true } }, /without FORCE_RATE_LIMIT/],
  ['models-in-use', { hour: { notices: [{ kind: 'unpriced', model: 'x', requests: 1 }] } }, /PRICE_LIST_FILE/],
  [
    'models-in-use',
    { hour: { notices: [{ kind: 'model_ends', model: 'x', retires: '2026-11-30', days: 3, successor: 'y' }] } },
    /successor/,
  ],
  ['fallback', { fallback: { ...right.fallback!, is_on: false, is_configured: false } }, /BEDROCK_FALLBACK_ENABLED/],
  [
    'billed',
    { trials: [{ upstream: 'bedrock', model: 'x', answered: false, detail: 'AccessDenied', duration_ms: 3 }] },
    /Enable the model/,
  ],
  ['prices', { prices: { date: '2026-01-01' } }, /PRICE_LIST_FILE/],
];

describe('findingsOf', () => {
  it('C12: finds nothing in a right set-up', () => {
    expect(findingsOf(right)).toEqual([]);
    expect(findingsOf({ ...right, ...withEnv({ HTTP_PROXY: 'http://proxy', NO_PROXY: 'a, 127.0.0.1' }) })).toEqual([]);
  });

  it.each(FAULTS)('C12: finds a fault of "%s" and names its cure: %j', (check, fault, cure) => {
    expect(findingsOf({ ...right, ...fault })).toEqual([
      { check, problem: expect.any(String), cure: expect.stringMatching(cure) },
    ]);
  });
});

describe('a check that could not be made', () => {
  const nothing = {
    ...{ session: null, clockSkewMs: null, models: null, firstEventMs: null, readiness: null, verdict: null },
    ...{ hour: null, prices: null, accounts: [], drills: null, fallback: null },
  };

  it('is not among those without a fault', () => {
    const facts: DoctorFacts = { ...right, ...nothing, unreachable: 'ECONNREFUSED' };
    const { good, skipped } = checksWithout(findingsOf(facts), facts);
    expect(good).toEqual(['base-url', 'credentials', 'environment', 'proxy']);
    expect(skipped).toContain('upstreams');
    expect(checksWithout(findingsOf(right), right)).toMatchObject({ skipped: [] });
  });
});
