import type { Figures, Notice } from '@claude-proxy/admin-api';
import { type ClaudeModels, endOfLifeOf } from '@claude-proxy/claude-models';

/** Notices about the models of a range: retirements, nearest first, then missing prices. */
export function noticesOf(byModel: Readonly<Record<string, Figures>>, models: ClaudeModels, nowMs: number): Notice[] {
  return [...endsOf(Object.keys(byModel), models, nowMs), ...unpricedOf(byModel)];
}

function endsOf(names: readonly string[], models: ClaudeModels, nowMs: number): Notice[] {
  const ends = new Map<string, Notice & { readonly kind: 'model_ends' }>();
  for (const name of names) {
    const end = endOfLifeOf(models.named(name), nowMs);
    if (end) ends.set(end.model, { kind: 'model_ends', ...end, successor: end.successor ?? null });
  }
  return [...ends.values()].sort((a, b) => a.days - b.days);
}

function unpricedOf(byModel: Readonly<Record<string, Figures>>): Notice[] {
  return Object.entries(byModel)
    .filter(([, figures]) => figures.unpriced_requests > 0)
    .map(([model, figures]) => ({ kind: 'unpriced', model, requests: figures.unpriced_requests }));
}
