import { Gauge, type Registry } from 'prom-client';
import type { BudgetReport, ScopedWindow } from '../admission/budgets/budget.report.js';

/** Each is a read of the store. */
const MAX_WINDOWS = 100;
/** Scrapes may be more frequent than that. */
const FRESH_MS = 30_000;

type Label = 'budget' | 'unit' | 'window';

/** Figures of budgets by their scope. Those of single users are left out: their number is unbounded. */
export class BudgetMetrics {
  private windows: Promise<readonly ScopedWindow[]> = Promise.resolve([]);
  private readAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly registry: Registry,
    private readonly report: BudgetReport,
  ) {
    this.gauge('used_ratio', 'Share of a cap that is spent.', ({ spent, cap }) => spent / cap);
    this.gauge('spent_usd', 'Dollars of a window that are spent.', ({ unit, spent }) =>
      unit === 'usd' ? spent : undefined,
    );
    this.gauge('cap_usd', 'Dollars that a window allows, with a raise in force.', ({ unit, cap }) =>
      unit === 'usd' ? cap : undefined,
    );
    const count: Gauge = new Gauge({
      name: 'claude_proxy_budgets',
      help: `Budgets in force, also of users. At most ${MAX_WINDOWS} windows of others have figures of their own.`,
      registers: [registry],
      collect: () => count.set(report.count),
    });
  }

  private gauge(name: string, help: string, figureOf: (window: ScopedWindow) => number | undefined): void {
    const gauge: Gauge<Label> = new Gauge({
      name: `claude_proxy_budget_${name}`,
      help,
      labelNames: ['budget', 'unit', 'window'],
      registers: [this.registry],
      collect: async () => {
        const windows = await this.read();
        gauge.reset();
        for (const each of windows) {
          const value = figureOf(each);
          if (value !== undefined) gauge.set({ budget: each.scope, unit: each.unit, window: each.window }, value);
        }
      },
    });
  }

  private read(): Promise<readonly ScopedWindow[]> {
    const nowMs = performance.now();
    if (nowMs - this.readAtMs > FRESH_MS) {
      this.readAtMs = nowMs;
      this.windows = this.report.sharedWindows(MAX_WINDOWS);
    }
    return this.windows;
  }
}
