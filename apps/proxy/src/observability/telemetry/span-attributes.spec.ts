import { describe, expect, it } from '@jest/globals';
import { Exchange } from '../../exchange/exchange.js';
import { recordOf } from '../../exchange/record-of.js';
import { answerAttributes, requestAttributes, spanNameOf } from './span-attributes.js';

const PROMPT = 'a text of the request';
const finished = (change: (exchange: Exchange) => void): Exchange => {
  const exchange = new Exchange('alice', 'messages', '/v1/messages?beta=true');
  exchange.asksFor('claude-opus-5-5', true);
  exchange.answeredBy('anthropic');
  exchange.respondedWith(200);
  change(exchange);
  exchange.finished();
  exchange.recorded(recordOf(exchange));
  return exchange;
};
const bothOf = (exchange: Exchange) => ({
  ...requestAttributes(exchange),
  ...answerAttributes(exchange, { status: 200, durationMs: 1_500 }),
});

describe('the attributes of a span', () => {
  it('have no text of a request, an answer or an error', () => {
    const exchange = finished((each) => {
      each.inSession(PROMPT);
      each.fallsBackFor(`bedrock: rejected: ${PROMPT}`);
      each.answerBegan(200, PROMPT);
      each.observed({
        ...{ usage: undefined, isOutputEstimated: false, billedAs: undefined, model: 'claude-opus-5-5' },
        ...{ messageId: PROMPT, stopReason: PROMPT, errorMessage: PROMPT, hasBegun: true },
      });
      each.broken(PROMPT);
    });
    expect(JSON.stringify(bothOf(exchange))).not.toContain(PROMPT);
    expect(bothOf(exchange)).toMatchObject({ 'error.type': 'broken', 'url.path': '/v1/messages' });
  });

  it('have no number of an AWS account, which the name of a model may hold', () => {
    const model =
      'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-opus-5-5-20261001-v1:0';
    const exchange = finished((each) => each.asksFor(model, false));
    expect(JSON.stringify(bothOf(exchange)) + spanNameOf('messages', model, 'POST')).not.toContain('123456789012');
    expect(requestAttributes(exchange)['gen_ai.request.model']).toContain('claude-opus-5-5-20261001-v1:0');
  });

  it('count cached tokens as input, and leave out what is not known', () => {
    const usage = { input_tokens: 1, cache_read_input_tokens: 20, cache_creation_input_tokens: 300 };
    const exchange = finished((each) => each.priced(undefined, usage));
    expect(answerAttributes(exchange, undefined)).toMatchObject({
      'gen_ai.usage.input_tokens': 321,
      'gen_ai.usage.output_tokens': 0,
    });
    expect(Object.values(bothOf(exchange))).not.toContain(undefined);
    expect(bothOf(finished(() => {}))).not.toHaveProperty('gen_ai.usage.input_tokens');
  });

  it.each([
    [401, 'refused', undefined],
    [503, 'refused', '503'],
    [200, 'refused', 'refused'],
    [200, 'aborted', undefined],
  ] as const)('say of the status %i, %s: error %s', (status, outcome, error) => {
    const exchange = finished((each) => {
      if (outcome === 'aborted') each.aborted();
      else each.rejectedLate();
      each.respondedWith(status);
    });
    expect(requestAttributes(exchange)['error.type']).toBe(error);
  });
});
