import type { ClaudeModels } from '@claude-proxy/claude-models';
import { withMaskedKeys } from '../../exchange/masked-keys.js';

/** The scope of a limit that closes every model of a credential. */
export const ALL_MODELS = 'all';

const MODEL = /^claude-(opus|sonnet|haiku|fable|mythos)-(\d+)(?:-(\d{1,2}))?(?:-\d{8})?$/;

/**
 * The rate limit bucket of a model: from its row, else from its name. Models of one generation share a bucket
 * (Opus 4.x, Sonnet 4.x), from 5 on each model has its own.
 * Source: https://platform.claude.com/docs/en/api/rate-limits
 */
export function modelClassOf(name: string, models: ClaudeModels): string {
  const row = models.named(name);
  return row?.limitGroup ?? classOfName(row?.id ?? name);
}

/** `opus`, `sonnet` ...: the names of a subscription's weekly windows. */
export function modelFamilyOf(name: string, models: ClaudeModels): string {
  const row = models.named(name);
  const id = row?.id ?? name;
  return row?.family ?? MODEL.exec(id)?.[1] ?? withMaskedKeys(id);
}

function classOfName(name: string): string {
  const match = MODEL.exec(name);
  // Scopes are stored and shown.
  if (!match) return withMaskedKeys(name);
  const [, family, major, minor] = match;
  return major === '4' || minor === undefined ? `${family}-${major}` : `${family}-${major}-${minor}`;
}
