import { Injectable } from '@nestjs/common';
import { ExchangeFeed } from '../../exchange/exchange-feed.js';
import { OperatorEvents } from '../../exchange/operator-events.js';
import type { OpenCap } from './budget.ledger.js';
import { percentOf, shareText } from './budget-texts.js';

/** In percent of a cap. */
export const WARNING_LEVELS = [100, 95, 75] as const;
type Level = (typeof WARNING_LEVELS)[number];
const MAX_NOTED = 10_000;

/** Reports a budget that reaches 75, 95 and 100 %, once each. */
@Injectable()
export class BudgetWarnings {
  private readonly noted = new Map<string, Level>();
  private readonly counts = new Map<Level, number>();

  constructor(
    private readonly feed: ExchangeFeed,
    private readonly events: OperatorEvents,
  ) {}

  /** Warnings of this process since its start, per level. */
  countOf(level: Level): number {
    return this.counts.get(level) ?? 0;
  }

  /** @param isReached a request was refused: reservations have used up the rest */
  note(open: OpenCap, isReached = false): void {
    const percent = isReached ? 100 : percentOf(open);
    const level = WARNING_LEVELS.find((each) => percent >= each);
    if (level === undefined) return;
    const id = `${open.scope} ${open.unit} ${open.window} ${open.endsAt} ${open.cap}`;
    if ((this.noted.get(id) ?? 0) >= level) return;
    this.noted.delete(id);
    this.noted.set(id, level);
    if (this.noted.size > MAX_NOTED) this.noted.delete(this.noted.keys().next().value!);
    this.counts.set(level, this.countOf(level) + 1);
    this.feed.changed('budgets');
    this.report(open, level);
  }

  private report(open: OpenCap, level: Level): void {
    const { scope, unit, window, cap, endsAt } = open;
    this.events.report({
      type: 'budget.reached',
      subject: scope,
      text: `The budget of ${scope} has reached ${level} %: ${shareText(open)}.`,
      details: figuresOf(open, level),
      occurrence: `${unit} ${window} ${endsAt} ${cap} ${level}`,
    });
  }
}

function figuresOf({ unit, window, cap, counter, endsAt }: OpenCap, level: Level) {
  const scale = unit === 'usd' ? 1e9 : 1;
  return { level, unit, window, cap: cap / scale, spent: counter.spent / scale, renews_at: endsAt };
}
