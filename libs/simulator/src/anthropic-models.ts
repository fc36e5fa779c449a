/** The models that the simulated Anthropic lists, in the form of `GET /v1/models`. */
export interface ListedModel {
  readonly type: 'model';
  readonly id: string;
  readonly display_name: string;
  readonly created_at: string;
  readonly lifecycle: string;
  readonly max_input_tokens: number;
  readonly max_tokens: number;
}

const LONG_CONTEXT = { max_input_tokens: 1_000_000, max_tokens: 128_000 };
const SHORT_CONTEXT = { max_input_tokens: 200_000, max_tokens: 64_000 };

/** Newest first, like the real list. */
export const LISTED_MODELS: readonly ListedModel[] = [
  listed('claude-fable-5-2', 'Claude Fable 5.2', '2026-11-09'),
  listed('claude-haiku-5-5', 'Claude Haiku 5.5', '2026-10-07'),
  listed('claude-sonnet-5-5', 'Claude Sonnet 5.5', '2026-09-28'),
  listed('claude-opus-5-5', 'Claude Opus 5.5', '2026-09-22'),
  listed('claude-opus-4-8', 'Claude Opus 4.8', '2026-05-28'),
  listed('claude-sonnet-4-6', 'Claude Sonnet 4.6', '2026-02-17'),
  { ...listed('claude-haiku-4-5-20251001', 'Claude Haiku 4.5', '2025-10-15'), ...SHORT_CONTEXT },
  {
    ...listed('claude-sonnet-4-5-20250929', 'Claude Sonnet 4.5', '2025-09-29'),
    ...SHORT_CONTEXT,
    lifecycle: 'deprecated',
  },
];

/** One page of the list: at most `limit` entries after `afterId`. */
export function modelPage(query: URLSearchParams) {
  const start = LISTED_MODELS.findIndex((model) => model.id === query.get('after_id')) + 1;
  const data = LISTED_MODELS.slice(start, start + Number(query.get('limit') ?? 20));
  const hasMore = start + data.length < LISTED_MODELS.length;
  return { data, has_more: hasMore, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function listed(id: string, displayName: string, date: string): ListedModel {
  const created = { display_name: displayName, created_at: `${date}T00:00:00Z` };
  return { type: 'model', id, ...created, lifecycle: 'active', ...LONG_CONTEXT };
}
