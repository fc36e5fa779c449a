import { describe, expect, it } from '@jest/globals';
import { createFormat } from '../format/create-format.js';
import { en } from '../texts/en.js';
import { ko } from '../texts/ko.js';
import { detailWith } from './detail-for-specs.js';
import { storyOf } from './story.js';

const format = createFormat('en-US');
const tell = (special: Parameters<typeof detailWith>[0]) => storyOf(detailWith(special), en, format, 'anthropic');
const byBedrock = { upstream: 'bedrock', status: 200, failure: null, reason: null, is_drill: false, duration_ms: 700 };

describe('storyOf', () => {
  it('tells an ordinary exchange in a few words', () => {
    expect(tell({})).toEqual([
      'alice asked for claude-opus-5-5 and wanted the answer streamed.',
      'Anthropic answered after 490ms with status 200.',
      'The answer was complete after 1s.',
      'It used 400 input and 50 output tokens for $0.25.',
      '75% of the input came from the prompt cache.',
    ]);
  });

  it('says who refused, why, and who took over', () => {
    const refusal = {
      upstream: 'anthropic',
      status: 429,
      failure: 'rate_limited',
      reason: 'limit',
      is_drill: false,
      duration_ms: 120,
    };
    const story = tell({ upstream: 'bedrock', fallback_reason: 'rate_limited', attempts: [refusal, byBedrock] });
    expect(story).toContain('Anthropic failed after 120ms: the limit is reached (429).');
    expect(story).toContain('Bedrock took over.');
  });

  it('says why the first upstream was not asked at all', () => {
    const story = tell({ upstream: 'bedrock', fallback_reason: 'limit_remembered', attempts: [byBedrock] });
    expect(story[1]).toBe('A limit of Anthropic was remembered, so it was not asked.');
  });

  it('does not let a drill pass for a real limit', () => {
    const drilled = {
      upstream: 'anthropic',
      status: null,
      failure: 'rate_limited',
      reason: 'simulated',
      is_drill: true,
      duration_ms: 0,
    };
    const story = tell({
      upstream: 'bedrock',
      fallback_reason: 'drill',
      is_drill: true,
      attempts: [drilled, byBedrock],
    });
    expect(story[1]).toBe('A drill pretended that Anthropic was limited; it was not asked.');
  });

  it('marks what is an estimate, and what has no price', () => {
    const story = tell({ outcome: 'aborted', is_output_estimated: true, cost_usd: null });
    expect(story).toContain('The caller left after 1s.');
    expect(story).toContain('It used 400 input and 50 output tokens; no price is known.');
    expect(story).toContain('The output was cut, so its tokens are estimated by size.');
  });

  it('passes on a failure that it has no words for', () => {
    const odd = { ...byBedrock, failure: 'constructor', status: 500 };
    expect(tell({ attempts: [odd] })[1]).toBe('Bedrock failed after 700ms: constructor.');
  });

  it('has Korean words as well', () => {
    expect(storyOf(detailWith({}), ko, createFormat('ko'), 'anthropic')[0]).toBe(
      'alice 님이 claude-opus-5-5 모델에 스트리밍으로 요청했습니다.',
    );
  });
});
