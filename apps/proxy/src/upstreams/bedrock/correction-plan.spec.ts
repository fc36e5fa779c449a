import { describe, expect, it } from '@jest/globals';
import { faultOf } from './bedrock-failures.js';
import { CorrectionPlan } from './correction-plan.js';

const fault = (name: string, message: string) => faultOf(Object.assign(new Error(message), { name, $fault: 'client' }));
const invalid = (message: string) => fault('ValidationException', message);

describe('CorrectionPlan', () => {
  it('repeats once what may pass', () => {
    const plan = new CorrectionPlan();
    const throttled = fault('ThrottlingException', 'Too many requests, please wait before trying again.');
    expect(plan.next(throttled, [])).toEqual({ kind: 'again_after_pause' });
    expect(plan.next(throttled, [])).toBeUndefined();
  });

  it('repeats a lost connection', () => {
    const lost = faultOf(Object.assign(new Error('read ECONNRESET'), { name: 'TimeoutError', code: 'ECONNRESET' }));
    expect(new CorrectionPlan().next(lost, [])).toEqual({ kind: 'again_after_pause' });
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
    expect(new CorrectionPlan().next(other, ['a'])).toBeUndefined();
  });

  it.each([
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    'messages.1.content.0: Invalid `signature` in `redacted_thinking` block. The block is bound to a different conversation.',
    'messages.5.content.0.thinking.signature: Field required',
    'messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified',
  ])('drops thinking once: %s', (message) => {
    const plan = new CorrectionPlan();
    expect(plan.next(invalid(message), [])).toEqual({ kind: 'without_thinking' });
    expect(plan.next(invalid(message), [])).toBeUndefined();
  });

  it('leaves out what is named, eight times at most', () => {
    const plan = new CorrectionPlan();
    const corrections = [...'abcdefghi'].map((field) =>
      plan.next(invalid(`${field}: Extra inputs are not permitted`), []),
    );
    expect(corrections.map((correction) => correction?.kind)).toEqual([...Array(8).fill('without'), undefined]);
  });
});
