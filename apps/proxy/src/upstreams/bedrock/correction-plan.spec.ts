import { JsonView } from '@claude-proxy/messages-api';
import { describe, expect, it } from '@jest/globals';
import { faultOf } from './bedrock-failures.js';
import { CorrectionPlan } from './correction-plan.js';

const fault = (name: string, message: string) => faultOf(Object.assign(new Error(message), { name, $fault: 'client' }));
const invalid = (message: string) => fault('ValidationException', message);
const sent = (body: unknown = {}, betas: readonly string[] = []) => ({
  body: JsonView.of(Buffer.from(JSON.stringify(body))),
  betas,
});
const beta = (name: string) => ({ kind: 'beta', beta: name }) as const;

describe('CorrectionPlan', () => {
  it('retries a transient error once', () => {
    const plan = new CorrectionPlan();
    const throttled = fault('ThrottlingException', 'Too many requests, please wait before trying again.');
    expect(plan.next(throttled, sent())).toBe('again_after_pause');
    expect(plan.next(throttled, sent())).toBeUndefined();
  });

  it('retries a lost connection', () => {
    const lost = faultOf(Object.assign(new Error('read ECONNRESET'), { name: 'TimeoutError', code: 'ECONNRESET' }));
    expect(new CorrectionPlan().next(lost, sent())).toBe('again_after_pause');
  });

  it.each([
    fault('ThrottlingException', 'Too many tokens per day, please wait before trying again.'),
    fault('ServiceQuotaExceededException', 'quota'),
    fault('ServiceUnavailableException', 'busy'),
    fault('InternalServerException', 'oh'),
    fault('ModelTimeoutException', 'slow'),
    fault('AccessDeniedException', 'invalid beta flag'),
    invalid('max_tokens: too big'),
    faultOf(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
  ])('does not retry other errors (%#)', (other) => {
    expect(new CorrectionPlan().next(other, sent({ max_tokens: 1 }, ['a']))).toBeUndefined();
  });

  it('drops thinking once', () => {
    const plan = new CorrectionPlan();
    const refused = invalid('messages.1.content.0: Invalid `signature` in `thinking` block');
    expect(plan.next(refused, sent())).toBe('changed');
    expect(plan.withoutThinking).toBe(true);
    expect(plan.next(refused, sent())).toBeUndefined();
  });

  it('drops the refused fields, one after the other', () => {
    const plan = new CorrectionPlan();
    const body = { metadata: 1, diagnostics: 2 };
    for (const field of Object.keys(body)) {
      expect(plan.next(invalid(`${field}: Extra inputs are not permitted`), sent(body))).toBe('changed');
    }
    expect(plan.lessons).toEqual([
      { kind: 'path', path: 'metadata' },
      { kind: 'path', path: 'diagnostics' },
    ]);
  });

  it('stops after sixteen rounds', () => {
    const plan = new CorrectionPlan();
    const body = Object.fromEntries([...'abcdefghijklmnopq'].map((name) => [name, 1]));
    const corrections = Object.keys(body).map((name) =>
      plan.next(invalid(`${name}: Extra inputs are not permitted`), sent(body)),
    );
    expect(corrections).toEqual([...Array(16).fill('changed'), undefined]);
  });

  it('stops at an essential field, and remembers that', () => {
    const plan = new CorrectionPlan();
    const body = { output_config: { format: {} } };
    expect(plan.next(invalid('output_config.format: Extra inputs are not permitted'), sent(body))).toBeUndefined();
    expect(plan.lessons).toEqual([{ kind: 'forbidden', path: 'output_config.format' }]);
  });
});

describe('CorrectionPlan, if a refusal names no beta', () => {
  const refused = invalid('invalid beta flag');
  const betas = ['a-1', 'b-2', 'c-3'];

  it('drops betas one at a time, then all', () => {
    const plan = new CorrectionPlan();
    const tried = [];
    while (plan.next(refused, sent({}, betas)) === 'changed') tried.push(plan.lessons);
    expect(tried).toEqual([[beta('a-1')], [beta('b-2')], [beta('c-3')], betas.map(beta)]);
  });

  it('keeps the successful step if the next refusal is about another field', () => {
    const plan = new CorrectionPlan();
    plan.next(refused, sent({}, betas));
    plan.next(refused, sent({}, betas));
    plan.next(invalid('metadata: Extra inputs are not permitted'), sent({ metadata: 1 }, ['a-1', 'c-3']));
    expect(plan.lessons).toEqual([beta('b-2'), { kind: 'path', path: 'metadata' }]);
  });

  it('has no step if no beta was sent', () => {
    expect(new CorrectionPlan().next(refused, sent())).toBeUndefined();
  });
});
