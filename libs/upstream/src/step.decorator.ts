import { SetMetadata } from '@nestjs/common';

export const STEP_NAME = 'claude-proxy:step-name';
export const STEP_ORDER = 'claude-proxy:step-order';

/** The orders of the built-in steps. Requests pass lower numbers first, answers pass them last. */
export const STEP_ORDERS = { loops: 25, keyLimits: 50, budgets: 100, masking: 200, sessions: 1_000 } as const;

/**
 * Marks an injectable class as a step with this name. The class implements `ExchangeStep`. Names and orders are unique.
 *
 * @param order requests pass steps with lower numbers first; answers, and `after`, pass them last
 *
 * @example
 * ```ts
 * @Step('trace', 150)
 * @Injectable()
 * export class TraceStep implements ExchangeStep { ... }
 * ```
 */
export function Step(name: string, order: number): ClassDecorator {
  return (target) => {
    SetMetadata(STEP_NAME, name)(target);
    SetMetadata(STEP_ORDER, order)(target);
  };
}
