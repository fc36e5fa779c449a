import { describe, expect, it } from '@jest/globals';
import { billedUsage, separateIterationsOf, type Usage } from './usage.js';

const top = { input_tokens: 100, output_tokens: 10 };
const message = { type: 'message', input_tokens: 100, output_tokens: 10 };

describe('billedUsage', () => {
  it('equals the top-level counts if nothing ran beside the answer', () => {
    const usage = { ...top, iterations: [message, message] };
    expect(billedUsage(usage)).toBe(usage);
  });

  it('adds compaction and advice, including cache counts and both kinds of writes', () => {
    const compaction = {
      type: 'compaction',
      input_tokens: 5_000,
      output_tokens: 700,
      cache_read_input_tokens: 9_000,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    };
    const advice = { type: 'advisor_message', model: 'claude-opus-5-5', input_tokens: 1, output_tokens: 2 };
    expect(billedUsage({ ...top, iterations: [compaction, message, advice] })).toMatchObject({
      input_tokens: 5_101,
      output_tokens: 712,
      cache_read_input_tokens: 9_000,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    });
  });

  it('adds the attempt of a model that declined before a server-side fallback, but not the tool loop of the model that answered', () => {
    const declined = { type: 'message', model: 'claude-fable-5-2', input_tokens: 7, output_tokens: 3 };
    const loop = { type: 'message', model: 'claude-opus-5-5', input_tokens: 50, output_tokens: 5 };
    const served = { type: 'fallback_message', model: 'claude-opus-5-5', input_tokens: 50, output_tokens: 5 };
    expect(separateIterationsOf({ ...top, iterations: [declined, loop, served] })).toEqual([declined]);
  });

  it.each([
    ['no list', 'x'],
    ['null', null],
    ['elements that are not objects', [null, 1, 'compaction']],
  ])('ignores iterations that are %s', (_what, iterations) => {
    const usage = { ...top, iterations } as unknown as Usage;
    expect(billedUsage(usage)).toBe(usage);
  });

  it('counts an invalid count as 0', () => {
    const odd = { type: 'compaction', input_tokens: 1e300, output_tokens: -5 };
    expect(billedUsage({ ...top, iterations: [odd] })).toMatchObject({ input_tokens: 100, output_tokens: 10 });
  });
});
