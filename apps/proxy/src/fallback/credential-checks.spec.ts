import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CredentialChecks, type Probe } from './credential-checks.js';

const REFUSED = { status: 401, headers: [] };
const ACCEPTED = { status: 200, headers: [] };

let checks: CredentialChecks;
/** Answers the oldest check that is under way. */
let answers: ((head: typeof REFUSED) => void)[];
const probe: Probe = (signal) => {
  const { promise, resolve, reject } = Promise.withResolvers<typeof REFUSED>();
  signal.addEventListener('abort', () => reject(signal.reason));
  answers.push(resolve);
  return promise;
};
const later = (seconds: number) => {
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + seconds * 1_000);
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  checks = new CredentialChecks();
  answers = [];
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('CredentialChecks', () => {
  it('sends one request for all that wait for one credential', async () => {
    const proofs = [checks.check('a', probe), checks.check('a', probe)];
    await turn();
    expect(answers).toHaveLength(1);
    answers[0]!(ACCEPTED);
    expect(await Promise.all(proofs)).toEqual(['accepted', 'accepted']);
  });

  it('remembers a refusal for a minute', async () => {
    const first = checks.check('a', probe);
    await turn();
    answers[0]!(REFUSED);
    expect(await first).toBe('refused');
    expect(await checks.check('a', probe)).toBe('refused');
    expect(answers).toHaveLength(1);
    later(61);
    void checks.check('a', probe);
    await turn();
    expect(answers).toHaveLength(2);
  });

  it('asks again soon where no answer came', async () => {
    const failing: Probe = () => Promise.reject(new Error('no connection'));
    expect(await checks.check('a', failing)).toBeUndefined();
    expect(await checks.check('a', probe)).toBeUndefined();
    later(6);
    void checks.check('a', probe);
    await turn();
    expect(answers).toHaveLength(1);
  });

  it('sends at most 8 requests at once, the others in their order', async () => {
    const proofs = Array.from({ length: 20 }, (_, key) => checks.check(`key-${key}`, probe));
    await turn();
    expect(answers).toHaveLength(8);
    for (let answered = 0; answered < 20; answered += 1) {
      answers[answered]!(ACCEPTED);
      await turn();
      expect(answers.length).toBeLessThanOrEqual(answered + 1 + 8);
    }
    expect(await Promise.all(proofs)).toEqual(proofs.map(() => 'accepted'));
  });

  it('fails at once where too many wait', async () => {
    const proofs = Array.from({ length: 8 + 256 }, (_, key) => checks.check(`key-${key}`, probe));
    expect(await checks.check('one-more', probe)).toBeUndefined();
    expect(proofs).toHaveLength(264);
    expect(answers).toHaveLength(8);
  });
});
