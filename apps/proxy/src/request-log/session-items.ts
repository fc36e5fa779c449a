import { hash } from 'node:crypto';
import type { SessionDetail, SessionLine, SessionRequest } from '@claude-proxy/admin-api';
import { countOf } from '@claude-proxy/messages-api';
import type { Item, Key } from '@claude-proxy/storage';
import type { FinishedExchange } from '../exchange/exchange.js';
import { sumOf } from '../recording/sums.js';
import { lineSort } from './requests.table.js';

const HASH_CHARACTERS = 32;
const MAX_TEXT = 512;

/** The id of a session is a client's text, which may be too long for a key. */
function hashOf(session: string): string {
  return hash('sha256', session).slice(0, HASH_CHARACTERS);
}

/** The requests of a session, of all users that use its id. */
export function sessionPartition(session: string): string {
  return `session#${hashOf(session)}`;
}

/** The sums of the sessions of a day. */
export function sessionsPartition(day: string): string {
  return `sessions#${day}`;
}

export function sessionSumKeyOf(day: string, user: string, session: string): Key {
  return { partition: sessionsPartition(day), sort: `${hashOf(session)}#${user}` };
}

export function sessionRequestItem(exchange: FinishedExchange, session: string): Item {
  const { id, startedAt, usage, costNanoUsd } = exchange;
  return {
    partition: sessionPartition(session),
    sort: lineSort(startedAt, id),
    id,
    started_at: startedAt,
    duration_ms: Math.round(exchange.durationMs),
    user: exchange.user,
    team: exchange.team,
    model: exchange.model?.slice(0, MAX_TEXT).toWellFormed(),
    upstream: exchange.upstream,
    outcome: exchange.outcome,
    status: exchange.status,
    input_tokens: countOf(usage?.input_tokens) || undefined,
    output_tokens: countOf(usage?.output_tokens) || undefined,
    cache_creation_input_tokens: countOf(usage?.cache_creation_input_tokens) || undefined,
    cache_read_input_tokens: countOf(usage?.cache_read_input_tokens) || undefined,
    cost_usd: typeof costNanoUsd === 'number' ? costNanoUsd / 1e9 : undefined,
    is_unpriced: costNanoUsd === null || undefined,
    prompt_cache: exchange.promptCache,
  };
}

function sessionRequestIn(item: Item): SessionRequest {
  return {
    id: String(item.id),
    started_at: Number(item.started_at),
    duration_ms: sumOf(item.duration_ms),
    model: textIn(item.model),
    upstream: textIn(item.upstream),
    outcome: item.outcome as SessionRequest['outcome'],
    status: sumOf(item.status),
    input_tokens: sumOf(item.input_tokens),
    output_tokens: sumOf(item.output_tokens),
    cache_creation_input_tokens: sumOf(item.cache_creation_input_tokens),
    cache_read_input_tokens: sumOf(item.cache_read_input_tokens),
    cost_usd: typeof item.cost_usd === 'number' ? item.cost_usd : null,
    prompt_cache: (item.prompt_cache as SessionRequest['prompt_cache'] | undefined) ?? null,
  };
}

/** What a request adds to the sums of its session. */
export function sessionCountersOf(exchange: FinishedExchange): Record<string, number> {
  const { usage, outcome, costNanoUsd, promptCache } = exchange;
  const found = promptCache?.cache_break;
  return {
    requests: 1,
    errors: outcome === 'refused' || outcome === 'broken' ? 1 : 0,
    input_tokens: countOf(usage?.input_tokens),
    output_tokens: countOf(usage?.output_tokens),
    cache_creation_input_tokens: countOf(usage?.cache_creation_input_tokens),
    cache_read_input_tokens: countOf(usage?.cache_read_input_tokens),
    cost_nano_usd: costNanoUsd ?? 0,
    unpriced_requests: costNanoUsd === null ? 1 : 0,
    cache_breaks: found ? 1 : 0,
    lost_tokens: found?.lost_tokens ?? 0,
    lost_nano_usd: Math.round((found?.lost_usd ?? 0) * 1e9),
  };
}

export function sessionLineIn(item: Item): SessionLine {
  return {
    session: String(item.session),
    user: String(item.user),
    team: textIn(item.team),
    last_at: sumOf(item.last_at),
    model: textIn(item.model),
    requests: sumOf(item.requests),
    errors: sumOf(item.errors),
    input_tokens: sumOf(item.input_tokens),
    output_tokens: sumOf(item.output_tokens),
    cache_creation_input_tokens: sumOf(item.cache_creation_input_tokens),
    cache_read_input_tokens: sumOf(item.cache_read_input_tokens),
    cost_usd: sumOf(item.cost_nano_usd) / 1e9,
    unpriced_requests: sumOf(item.unpriced_requests),
    cache_breaks: sumOf(item.cache_breaks),
    lost_tokens: sumOf(item.lost_tokens),
    lost_usd: sumOf(item.lost_nano_usd) / 1e9,
  };
}

/** The parts of one session on several days. */
export function joinedLines(one: SessionLine, other: SessionLine): SessionLine {
  const later = one.last_at >= other.last_at ? one : other;
  const sums = { ...later } as Record<keyof SessionLine, unknown>;
  for (const [name, value] of Object.entries(one) as [keyof SessionLine, unknown][]) {
    if (typeof value === 'number' && name !== 'last_at') sums[name] = value + Number(other[name]);
  }
  return sums as SessionLine;
}

/** The requests of one user, oldest first, as a session. */
export function sessionDetailOf(session: string, items: readonly Item[], hasMore: boolean): SessionDetail {
  const last = items.at(-1)!;
  const requests = items.map(sessionRequestIn);
  const sum = (of: (request: SessionRequest) => number) => requests.reduce((total, each) => total + of(each), 0);
  const breaks = requests.flatMap(({ prompt_cache }) => prompt_cache?.cache_break ?? []);
  return {
    session,
    user: String(last.user),
    team: textIn(last.team),
    first_at: requests[0]!.started_at,
    last_at: requests.at(-1)!.started_at,
    model: textIn(last.model),
    requests: requests.length,
    errors: requests.filter(({ outcome }) => outcome === 'refused' || outcome === 'broken').length,
    input_tokens: sum((each) => each.input_tokens),
    output_tokens: sum((each) => each.output_tokens),
    cache_creation_input_tokens: sum((each) => each.cache_creation_input_tokens),
    cache_read_input_tokens: sum((each) => each.cache_read_input_tokens),
    cost_usd: sum((each) => each.cost_usd ?? 0),
    unpriced_requests: items.filter(({ is_unpriced }) => is_unpriced === true).length,
    cache_breaks: breaks.length,
    lost_tokens: breaks.reduce((total, each) => total + each.lost_tokens, 0),
    lost_usd: breaks.reduce((total, each) => total + (each.lost_usd ?? 0), 0),
    items: requests,
    has_more: hasMore,
  };
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
