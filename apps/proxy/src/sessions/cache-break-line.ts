import type { CacheBreakKind, CacheBreak as CacheBreakLine, CacheBreakReason } from '@claude-proxy/admin-api';
import type { BreakReason, CacheBreak } from './prompt/cache-break.js';

/** A break as the admin API and the request log have it. */
export function cacheBreakLineOf({ reason, also, ...tokens }: CacheBreak, lostNanoUsd: number | null): CacheBreakLine {
  const line = reasonLineOf(reason);
  return {
    reason: line,
    sentence: sentenceOf(line),
    also: also as readonly CacheBreakKind[],
    expected_tokens: tokens.expectedTokens,
    lost_tokens: tokens.lostTokens,
    lost_usd: lostNanoUsd === null ? null : lostNanoUsd / 1e9,
  };
}

function reasonLineOf(reason: BreakReason): CacheBreakReason {
  switch (reason.kind) {
    case 'account':
      return { kind: 'account', is_other_organization: reason.isOtherOrganization };
    case 'expired':
      return { kind: 'expired', idle_seconds: seconds(reason.idleMs), ttl_seconds: seconds(reason.ttlMs) };
    case 'messages': {
      const { kind, before, after, position } = reason;
      return { kind, before, after, position };
    }
    case 'tools':
    case 'system':
    case 'settings': {
      const { part: _part, ...line } = reason;
      return line;
    }
    default:
      return reason;
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1_000);
}

/** In the words of the log; the dashboard has its own in each language. */
function sentenceOf(reason: CacheBreakReason): string {
  switch (reason.kind) {
    case 'upstream':
      return `moved from ${reason.before} to ${reason.after}`;
    case 'model':
      return `model changed: ${reason.before} -> ${reason.after}`;
    case 'account':
      return reason.is_other_organization
        ? 'another account (other organization)'
        : 'another account (other workspace)';
    case 'expired':
      return `idle for ${timeOf(reason.idle_seconds)}: expired after ${timeOf(reason.ttl_seconds)}`;
    case 'tools':
      return toolSentence(reason);
    case 'system':
      return `system block ${reason.position} changed${countsOf(reason)}`;
    case 'settings':
      return `${reason.names.join(', ')} changed`;
    case 'messages':
      return `message ${reason.position} changed (edited or compacted)${countsOf(reason)}`;
    case 'no_breakpoint':
      return 'no cache breakpoint at the end of the conversation';
    case 'look_back':
      return `the next cache breakpoint is ${reason.blocks} blocks later (a cache entry is found within 20)`;
    case 'deferred_tools':
      return 'unknown: the prefix is the same; tools that are loaded later changed';
    case 'client_block':
      return 'unknown: the prefix is the same; the version in the first system block changed';
    case 'credential':
      return 'unknown: the prefix is the same; another credential was used';
    case 'unknown':
      return 'unknown: the prefix is the same';
  }
}

function toolSentence(reason: Extract<CacheBreakReason, { kind: 'tools' }>): string {
  const { before, after, added, removed, changed, position } = reason;
  const parts = [...named(added, 'added'), ...named(removed, 'removed'), ...named(changed, 'changed')];
  const what = parts.length > 0 ? parts.join(', ') : 'other order';
  const counts = before === after ? `${after} tools` : `${before} -> ${after} tools`;
  return `tool list changed: ${counts} (${what}, from tool ${position} on)`;
}

function named(count: number, what: string): string[] {
  return count > 0 ? [`${count} ${what}`] : [];
}

function countsOf({ before, after }: { readonly before: number; readonly after: number }): string {
  return before === after ? '' : `, ${before} -> ${after}`;
}

function timeOf(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
