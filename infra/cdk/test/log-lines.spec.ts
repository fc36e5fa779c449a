import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Exchange } from '../../../apps/proxy/src/exchange/exchange.js';
import { ExchangeFeed } from '../../../apps/proxy/src/exchange/exchange-feed.js';
import type { BodyBudget } from '../../../apps/proxy/src/http/body-budget.js';
import { ExchangeLog } from '../../../apps/proxy/src/observability/exchange.log.js';
import { Pulse } from '../../../apps/proxy/src/observability/pulse.js';
import type { Recorder } from '../../../apps/proxy/src/recording/recorder.js';
import { StoreHealth } from '../../../apps/proxy/src/state/store-health.js';
import { type Condition, FIGURES, type FigureName, type LineFigure, patternOf } from '../lib/log-lines.ts';

type Line = Record<string, unknown>;

const WELL: Partial<Exchange> = { status: 200, upstream: 'anthropic', isStream: true, firstByteMs: 812.4 };
const THROTTLED = { upstream: 'bedrock', failure: 'rate_limited', durationMs: 1 } as const;
const LIMITED = { upstream: 'anthropic', status: 429, failure: 'rate_limited', durationMs: 1 } as const;

describe('figures', () => {
  it.each<[string, Partial<Exchange>, FigureName[]]>([
    ['an answer of Anthropic', WELL, ['messages', 'firstByte']],
    [
      'an answer of a fallback upstream',
      { ...WELL, upstream: 'bedrock', fallbackReason: 'rate_limited', attempts: [LIMITED] },
      ['messages', 'fallbackAnswers', 'firstByte'],
    ],
    [
      'a refusal by all, the last of them Bedrock',
      {
        outcome: 'refused',
        status: 429,
        upstream: 'anthropic',
        fallbackReason: 'bedrock: …',
        attempts: [LIMITED, THROTTLED],
      },
      ['messages', 'unanswered', 'bedrockThrottles'],
    ],
    [
      'a refusal by Bedrock alone, while Anthropic is known to be limited',
      { outcome: 'refused', status: 429, fallbackReason: 'limit_remembered', attempts: [THROTTLED, LIMITED] },
      ['messages', 'unanswered', 'bedrockThrottles'],
    ],
    [
      'a refusal by Bedrock after six accounts',
      {
        outcome: 'refused',
        status: 429,
        fallbackReason: 'bedrock: …',
        attempts: [...Array(6).fill(LIMITED), THROTTLED],
      },
      ['messages', 'unanswered', 'bedrockThrottles'],
    ],
    [
      'an answer of Bedrock that has a price',
      { ...WELL, upstream: 'bedrock', fallbackReason: 'rate_limited', costNanoUsd: 12_000 },
      ['messages', 'fallbackAnswers', 'fallbackCost', 'firstByte'],
    ],
    ['an answer of Anthropic that has a price', { ...WELL, costNanoUsd: 12_000 }, ['messages', 'firstByte']],
    ['a refusal of the request itself', { outcome: 'refused', status: 400, upstream: 'anthropic' }, ['messages']],
    ['an answer that was cut', { ...WELL, outcome: 'broken' }, ['messages', 'brokenAnswers']],
    ['a caller who left', { ...WELL, outcome: 'aborted' }, ['messages']],
  ])('of the line about %s', (_what, exchange, figures) => {
    expect(figuresIn(lineOf(exchange))).toEqual(figures);
  });

  it('count a fallback upstream that did not answer a probe', () => {
    const line = { level: 'error', room: 'FallbackProbe', msg: '❌ bedrock does not answer' };
    expect([figuresIn(line), figuresIn({ ...line, level: 'warn' })]).toEqual([['failedProbes'], []]);
  });

  it.each(Object.entries(FIGURES))('have a pattern that CloudWatch accepts: %s', (_name, figure) => {
    expect(patternOf(figure).logPatternString.length).toBeLessThanOrEqual(1_024);
  });

  it('carry the cost of an answer in US dollars', () => {
    expect(lineOf({ ...WELL, costNanoUsd: 12_000 })[FIGURES.fallbackCost.valueMember]).toBe(0.000012);
  });

  it('carry the time of the first byte', () => {
    expect(lineOf(WELL)[FIGURES.firstByte.valueMember]).toBe(812);
  });

  it('are read from the line of each minute, and from no other', () => {
    const pulse = pulseLine();
    const figures = ['inFlight', 'bufferedPercent', 'waitingExchanges', 'storeFailures', 'lostExchanges'];
    expect(figuresIn(pulse)).toEqual(figures);
    for (const { valueMember } of [
      FIGURES.inFlight,
      FIGURES.bufferedPercent,
      FIGURES.waitingExchanges,
      FIGURES.storeFailures,
      FIGURES.lostExchanges,
    ])
      expect(pulse).toHaveProperty(valueMember);
  });

  it.each(Object.values<LineFigure>(FIGURES))('$name has a pattern that CloudWatch accepts', (figure) => {
    expect(patternOf(figure).logPatternString.length).toBeLessThan(1_024);
  });
});

/** The line of `pulse.ts`. */
function pulseLine(): Line {
  const lines: string[] = [];
  const logger = pino({ base: null }, { write: (line: string) => lines.push(line) });
  const recorder = { waitingExchanges: 0, lostExchanges: 0 } as Recorder;
  const bodies = { heldPercent: 0 } as BodyBudget;
  new Pulse(new ExchangeFeed(), recorder, new StoreHealth(), bodies, logger, {
    logLevel: 'info',
    logFormat: 'json',
  }).log();
  return JSON.parse(lines[0]!) as Line;
}

/** The line of `exchange.log.ts`. */
function lineOf(fields: Partial<Exchange>): Line {
  const lines: string[] = [];
  const feed = new ExchangeFeed();
  new ExchangeLog(feed, pino({ base: null }, { write: (line: string) => lines.push(line) })).onModuleInit();
  feed.finish(Object.assign(new Exchange('alice', 'messages', '/v1/messages'), fields));
  feed.notifyOfEnded();
  return JSON.parse(lines[0]!) as Line;
}

/** The counts of CloudWatch, by its published rules. */
function figuresIn(line: Line): string[] {
  return Object.entries<LineFigure>(FIGURES)
    .filter(([, { anyOf }]) => anyOf.some((conditions) => conditions.every((condition) => holds(condition, line))))
    .map(([name]) => name);
}

function holds(condition: Condition, line: Line): boolean {
  const value = condition.member
    .split(/[.[\]]+/)
    .reduce<unknown>((part, name) => (part as Line | undefined)?.[name], line);
  if (value === undefined || value === null) return false;
  if ('is' in condition) return value === condition.is;
  if ('isNot' in condition) return value !== condition.isNot;
  return 'isTrue' in condition ? value === true : true;
}
