import { type ClaudeModel, lifecycleOf, MODELS } from '@claude-proxy/claude-models';

/** The models that the simulated Anthropic lists, in the form of `GET /v1/models`; newest first, like the real list. */
export function listedModels() {
  return MODELS.filter(({ isLimited }) => !isLimited)
    .map(listed)
    .filter(({ lifecycle }) => lifecycle !== 'retired');
}

/** One page of the list: at most `limit` entries after `afterId`. */
export function modelPage(query: URLSearchParams) {
  const models = listedModels();
  const start = models.findIndex((model) => model.id === query.get('after_id')) + 1;
  const data = models.slice(start, start + Number(query.get('limit') ?? 20));
  const hasMore = start + data.length < models.length;
  return { data, has_more: hasMore, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function listed(model: ClaudeModel) {
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName,
    created_at: `${model.released}T00:00:00Z`,
    lifecycle: lifecycleOf(model, Date.now()),
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
  };
}
