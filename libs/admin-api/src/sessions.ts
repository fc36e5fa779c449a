/** Sessions of Claude Code and other clients that name them. Never a prompt, an answer, or the name of a tool. */

/** Why a request read less from the prompt cache than the request before it had left there. Positions count from 1. */
export type CacheBreakReason =
  /** Another upstream answered. */
  | { readonly kind: 'upstream'; readonly before: string; readonly after: string }
  | { readonly kind: 'model'; readonly before: string; readonly after: string }
  /** Another workspace of Anthropic, possibly of another organization: caches belong to a workspace. */
  | { readonly kind: 'account'; readonly is_other_organization: boolean }
  | { readonly kind: 'expired'; readonly idle_seconds: number; readonly ttl_seconds: number }
  | {
      readonly kind: 'tools';
      readonly before: number;
      readonly after: number;
      readonly added: number;
      readonly removed: number;
      readonly changed: number;
      readonly position: number;
    }
  | { readonly kind: 'system'; readonly before: number; readonly after: number; readonly position: number }
  /** Members of the body, such as `thinking` and `tool_choice`. */
  | { readonly kind: 'settings'; readonly names: readonly string[] }
  | { readonly kind: 'messages'; readonly before: number; readonly after: number; readonly position: number }
  | { readonly kind: 'no_breakpoint' }
  | { readonly kind: 'look_back'; readonly blocks: number }
  /** Suspicions, where nothing in the prefix has changed. */
  | { readonly kind: 'deferred_tools' }
  | { readonly kind: 'client_block' }
  | { readonly kind: 'credential' }
  | { readonly kind: 'unknown' };

export type CacheBreakKind = CacheBreakReason['kind'];

export const CACHE_BREAK_KINDS = [
  'upstream',
  'model',
  'account',
  'expired',
  'tools',
  'system',
  'settings',
  'messages',
  'no_breakpoint',
  'look_back',
  'deferred_tools',
  'client_block',
  'credential',
  'unknown',
] as const satisfies readonly CacheBreakKind[];

export interface CacheBreak {
  readonly reason: CacheBreakReason;
  /** The reason in one sentence. */
  readonly sentence: string;
  /** What else has changed. */
  readonly also: readonly CacheBreakKind[];
  /** What the earlier request of the conversation had left in the cache. */
  readonly expected_tokens: number;
  /** Of these, what was sent again and was not read from the cache. */
  readonly lost_tokens: number;
  /** The price of the lost tokens above the price of reading them; null if a price is not known. */
  readonly lost_usd: number | null;
}

/** A request in its session. */
export interface PromptCacheNote {
  /** Conversations of a session count from 1, in the order in which this task has seen them. */
  readonly conversation: number;
  /** `agent`: the client named a subagent; `side`: a request without tools, such as for a title. */
  readonly role: 'main' | 'agent' | 'side';
  /** As the client names it. */
  readonly agent: string | null;
  /**
   * `continued`: compared with an earlier request. `restarted`: tools or system prompt of an earlier conversation, other
   * messages, as after a compaction. `new`: not compared.
   */
  readonly begins: 'continued' | 'restarted' | 'new';
  /** The conversation is older than what this task has seen of it: other requests went to another task, or past the gateway. */
  readonly has_unseen_requests: boolean;
  /** The request that this one is compared with; null if there is none. */
  readonly previous: string | null;
  readonly idle_seconds: number | null;
  readonly messages: number;
  readonly tools: number;
  /** Null if the cache was read as expected. */
  readonly cache_break: CacheBreak | null;
}

export const SESSION_ORDERS = ['recent', 'requests', 'tokens', 'cost', 'breaks', 'lost'] as const;
export type SessionOrder = (typeof SESSION_ORDERS)[number];

/** The sums of a session, from the answered and refused requests for messages. */
export interface SessionLine {
  /** As the client names it. */
  readonly session: string;
  readonly user: string;
  readonly team: string | null;
  /** Arrival of the last request, epoch milliseconds. */
  readonly last_at: number;
  /** Of the last request. */
  readonly model: string | null;
  readonly requests: number;
  readonly errors: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cost_usd: number;
  readonly unpriced_requests: number;
  readonly cache_breaks: number;
  readonly lost_tokens: number;
  readonly lost_usd: number;
}

/** Answer of `GET /api/sessions`. */
export interface SessionPage {
  readonly sessions: readonly SessionLine[];
  /** Of the period, in all pages. */
  readonly total: number;
  /** Value of `cursor=` for the next page; null at the end. */
  readonly next_cursor: string | null;
}

/** A request as the page of its session shows it. */
export interface SessionRequest {
  readonly id: string;
  readonly started_at: number;
  readonly duration_ms: number;
  readonly model: string | null;
  readonly upstream: string | null;
  readonly outcome: 'completed' | 'refused' | 'aborted' | 'broken';
  readonly status: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cost_usd: number | null;
  /** Null where prompts are not compared. */
  readonly prompt_cache: PromptCacheNote | null;
}

/** Answer of `GET /api/sessions/{id}`. */
export interface SessionDetail extends SessionLine {
  readonly first_at: number;
  /** Oldest first: the last 2,000. */
  readonly items: readonly SessionRequest[];
  readonly has_more: boolean;
}
