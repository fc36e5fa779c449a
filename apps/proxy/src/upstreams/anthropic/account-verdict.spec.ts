import { describe, expect, it } from '@jest/globals';
import { type JudgedRefusal, verdictOf } from './account-verdict.js';
import { spentBudgetOf } from './anthropic-limits.js';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const LIMIT = { seconds: 30, scope: 'opus-5-5', reason: 'retry-after', isWorthWaiting: true };

function judge({ status, error = {}, ...given }: Partial<JudgedRefusal> & { readonly status: number }) {
  const limit = given.limit ?? spentBudgetOf(error, NOW);
  return verdictOf({ status, error, windows: [], model: 'claude-opus-5-5', ...given, limit }, NOW);
}
const invalid = (message: string) => ({ type: 'invalid_request_error', message });

describe('what a refusal says about the account', () => {
  it('cooling: a 429 with its time closes the group of models for the organization', () => {
    expect(judge({ status: 429, limit: LIMIT })).toEqual({
      ...{ fault: 'cooling', reach: 'organization', isOfGroup: true, reason: 'retry-after', seconds: 30 },
    });
  });

  it('slowed: a 429 of seconds while the buckets have room, or ramp_limit_exceeded', () => {
    expect(judge({ status: 429, limit: { ...LIMIT, seconds: 2 } })?.fault).toBe('slowed');
    expect(judge({ status: 429, error: { code: 'ramp_limit_exceeded' }, limit: LIMIT })?.fault).toBe('slowed');
    const windows = [{ kind: 'requests', limit: 50, remaining: 0 }] as const;
    expect(judge({ status: 429, limit: { ...LIMIT, seconds: 2 }, windows })?.fault).toBe('cooling');
  });

  it.each(['enforced_spend_limit_reached', 'contract_spend_limit_reached'])(
    'capped: %s ends with the month',
    (code) => {
      const verdict = judge({ status: 429, error: { type: 'rate_limit_error', code } });
      expect(verdict).toMatchObject({ fault: 'capped', reach: 'organization', isOfGroup: false, reason: code });
      expect(NOW + verdict!.seconds! * 1_000).toBe(Date.parse('2026-12-01T00:00:00Z'));
    },
  );

  it('capped: a limit of the organization or of the workspace, until the time that it names', () => {
    const until = 'You will regain access on 2026-11-21 at 00:00 UTC.';
    expect(
      judge({ status: 400, error: invalid(`You have reached your specified API usage limits. ${until}`) }),
    ).toEqual({
      ...{ fault: 'capped', reach: 'organization', isOfGroup: false, reason: 'own usage limit reached' },
      seconds: 12 * 60 * 60,
    });
    const ofWorkspace = invalid(`You have reached your specified workspace API usage limits. ${until}`);
    expect(judge({ status: 400, error: ofWorkspace })?.reach).toBe('workspace');
  });

  it('unpaid: a credit balance that is too low, whatever its status, and a billing error', () => {
    const message = 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.';
    expect(judge({ status: 400, error: invalid(message) })).toMatchObject({ fault: 'unpaid', reach: 'organization' });
    expect(
      judge({ status: 402, error: { type: 'billing_error', message: 'linked_organization_suspended' } }),
    ).toMatchObject({
      ...{ fault: 'unpaid', reach: 'organization' },
    });
  });

  it('refused: a key that is not valid or has no permission, and an organization on hold', () => {
    expect(judge({ status: 401, error: { type: 'authentication_error' } })).toMatchObject({
      fault: 'refused',
      reach: 'key',
    });
    expect(
      judge({ status: 403, error: { type: 'permission_error', message: 'Your API key lacks it.' } }),
    ).toMatchObject({
      ...{ fault: 'refused', reach: 'key' },
    });
    expect(judge({ status: 400, error: { ...invalid('on hold'), code: 'organization_on_hold' } })).toMatchObject({
      ...{ fault: 'refused', reach: 'organization' },
    });
  });

  it('not entitled: a 404 or 403 that names the model', () => {
    const notFound = { type: 'not_found_error', message: 'model: claude-opus-5-5' };
    expect(judge({ status: 404, error: notFound })).toMatchObject({
      fault: 'not_entitled',
      reach: 'key',
      seconds: 3_600,
    });
    const forbidden = { type: 'permission_error', message: 'No access to claude-opus-5-5.' };
    expect(judge({ status: 403, error: forbidden })).toMatchObject({ fault: 'not_entitled' });
  });

  it.each([
    ['any other 400', 400, invalid('max_tokens: too large')],
    ['a body that quotes a wording', 400, invalid('messages.0: Your credit balance is too low')],
    ['413', 413, { type: 'request_too_large' }],
    ['404 of something else', 404, { type: 'not_found_error', message: 'file_abc' }],
    ['529', 529, { type: 'overloaded_error' }],
    ['500', 500, { type: 'api_error' }],
  ])('nothing: %s', (_name, status, error) => {
    expect(judge({ status, error })).toBeUndefined();
  });
});
