import { type ClaudeModel, lifecycleOf } from '@claude-proxy/claude-models';
import type { JsonObject } from '../json-object.js';

type Listed = readonly [id: string, model: ClaudeModel];

export function openAiModel([id, { released }]: Listed): JsonObject {
  return { id, object: 'model', created: Date.parse(`${released}T00:00:00Z`) / 1_000, owned_by: 'anthropic' };
}

export function openAiModelList(models: readonly Listed[]): JsonObject {
  return { object: 'list', data: models.map(openAiModel) };
}

export function anthropicModel([id, model]: Listed): JsonObject {
  return {
    type: 'model',
    id,
    display_name: model.displayName,
    created_at: `${model.released}T00:00:00Z`,
    lifecycle: lifecycleOf(model, Date.now()),
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
  };
}

/** One page in Anthropic's form, as the query asks: `limit`, and `after_id` or `before_id`. */
export function anthropicModelList(models: readonly Listed[], query: URLSearchParams): JsonObject {
  const limit = Math.max(1, Number(query.get('limit')) || 20);
  const ids = models.map(([id]) => id);
  const before = ids.indexOf(query.get('before_id') ?? '');
  const start = before === -1 ? ids.indexOf(query.get('after_id') ?? '') + 1 : Math.max(0, before - limit);
  const end = before === -1 ? start + limit : before;
  const page = models.slice(start, end);
  return {
    data: page.map(anthropicModel),
    has_more: before === -1 ? end < models.length : start > 0,
    first_id: page[0]?.[0] ?? null,
    last_id: page.at(-1)?.[0] ?? null,
  };
}
