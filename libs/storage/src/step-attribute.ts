import type { Item, Step } from './table.js';

/** The attribute that holds the last step of a writer. */
export function stepAttribute({ writer }: Step): string {
  return `step#${writer}`;
}

export function hasStep(item: Item | undefined, step: Step): boolean {
  const last = item?.[stepAttribute(step)];
  return typeof last === 'number' && last >= step.number;
}
