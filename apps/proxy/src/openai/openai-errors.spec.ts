import { describe, expect, it } from '@jest/globals';
import { openAiErrorOf, openAiStatusOf, refusedBy } from './openai-errors.js';

describe('openAiErrorOf', () => {
  it.each([
    ['invalid_request_error', 'invalid_request_error', null],
    ['authentication_error', 'invalid_request_error', 'invalid_api_key'],
    ['billing_error', 'insufficient_quota', 'insufficient_quota'],
    ['permission_error', 'permission_error', 'permission_denied'],
    ['not_found_error', 'invalid_request_error', 'not_found'],
    ['rate_limit_error', 'rate_limit_error', 'rate_limit_exceeded'],
    ['overloaded_error', 'server_error', 'overloaded'],
    ['something_new', 'server_error', null],
  ])('%s is %s', (type, openAiType, code) => {
    expect(openAiErrorOf({ type, message: 'because' })).toEqual({
      type: openAiType,
      code,
      message: 'because',
      param: null,
    });
  });

  it.each([
    ['invalid_request_error', 'prompt is too long: 2 tokens > 1 maximum', 'context_length_exceeded'],
    ['invalid_request_error', 'capability_rejected: prompt_too_long', 'context_length_exceeded'],
    ['invalid_request_error', 'input length and `max_tokens` exceed context limit: 1', 'context_length_exceeded'],
    ['not_found_error', 'model: claude-none', 'model_not_found'],
  ])('knows %s %j', (type, message, code) => {
    expect(openAiErrorOf({ type, message }).code).toBe(code);
  });

  it('tells a spent budget from a limit that passes', () => {
    const details = { error_code: 'enforced_spend_limit_reached' };
    expect(openAiErrorOf({ type: 'rate_limit_error', message: 'spent', details }).code).toBe('insufficient_quota');
  });

  it('keeps place and code where they are given', () => {
    const details = { param: 'n', error_code: 'unsupported_parameter' };
    expect(openAiErrorOf({ type: 'invalid_request_error', message: 'x', details })).toMatchObject({
      param: 'n',
      code: 'unsupported_parameter',
    });
  });
});

describe('openAiStatusOf', () => {
  it('is the same but for 529', () => {
    expect([400, 429, 500, 529].map(openAiStatusOf)).toEqual([400, 429, 500, 503]);
  });
});

describe('refusedBy', () => {
  it('reads what Anthropic said', () => {
    const body = '{"type":"error","error":{"type":"permission_error","message":"no"},"request_id":"req_1"}';
    expect(refusedBy(body, 403)).toMatchObject({ type: 'permission_error', message: 'no' });
  });

  it.each(['<html>502</html>', '', '{}', '[]', '{"error":"x"}', '{"error":{"message":7}}'])(
    'makes do with %j',
    (body) => {
      expect(refusedBy(body, 404)).toEqual({ type: 'not_found_error', message: expect.stringContaining('404') });
    },
  );
});
