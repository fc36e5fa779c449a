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
  it('repeats once what may pass', () => {
    const plan = new CorrectionPlan();
    const throttled = fault('ThrottlingException', 'Too many requests, please wait before trying again.');
    expect(plan.next(throttled, sent())).toBe('again_after_pause');
    expect(plan.next(throttled, sent())).toBeUndefined();
  });

  it('repeats a lost connection', () => {
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
  ])('does not repeat anything else (%#)', (other) => {
    expect(new CorrectionPlan().next(other, sent({ max_tokens: 1 }, ['a']))).toBeUndefined();
  });

  it('drops thinking once', () => {
    const plan = new CorrectionPlan();
    const refused = invalid('messages.1.content.0: Invalid `signature` in `thinking` block');
    expect(plan.next(refused, sent())).toBe('changed');
    expect(plan.withoutThinking).toBe(true);
    expect(plan.next(refused, sent())).toBeUndefined();
  });

  it('leaves out what is named, field by field', () => {
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

  it('gives up after sixteen rounds', () => {
    const plan = new CorrectionPlan();
    const body = Object.fromEntries([...'abcdefghijklmnopq'].map((name) => [name, 1]));
    const corrections = Object.keys(body).map((name) =>
      plan.next(invalid(`${name}: Extra inputs are not permitted`), sent(body)),
    );
    expect(corrections).toEqual([...Array(16).fill('changed'), undefined]);
  });

  it('gives up on what a request cannot do without, and knows it', () => {
    const plan = new CorrectionPlan();
    const body = { output_config: { format: {} } };
    expect(plan.next(invalid('output_config.format: Extra inputs are not permitted'), sent(body))).toBeUndefined();
    expect(plan.lessons).toEqual([{ kind: 'forbidden', path: 'output_config.format' }]);
  });
});

describe('CorrectionPlan, where a refusal names no beta', () => {
  const refused = invalid('invalid beta flag');
  const betas = ['a-1', 'b-2', 'c-3'];

  it('leaves them out one at a time, then all', () => {
    const plan = new CorrectionPlan();
    const tried = [];
    while (plan.next(refused, sent({}, betas)) === 'changed') tried.push(plan.lessons);
    expect(tried).toEqual([[beta('a-1')], [beta('b-2')], [beta('c-3')], betas.map(beta)]);
  });

  it('keeps the one that has helped where the next refusal is about something else', () => {
    const plan = new CorrectionPlan();
    plan.next(refused, sent({}, betas));
    plan.next(refused, sent({}, betas));
    plan.next(invalid('metadata: Extra inputs are not permitted'), sent({ metadata: 1 }, ['a-1', 'c-3']));
    expect(plan.lessons).toEqual([beta('b-2'), { kind: 'path', path: 'metadata' }]);
  });

  it('has nothing to try where none was sent', () => {
    expect(new CorrectionPlan().next(refused, sent())).toBeUndefined();
  });
});
