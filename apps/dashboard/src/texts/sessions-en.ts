import type { CacheBreakReason } from '@claude-proxy/admin-api';

const OF_TOOLS = { added: 'added', removed: 'removed', changed: 'changed' };

/** Why a prompt cache was not read, in one sentence. */
function reasonOf(reason: CacheBreakReason): string {
  switch (reason.kind) {
    case 'upstream':
      return `Moved from ${reason.before} to ${reason.after}`;
    case 'model':
      return `Model changed: ${reason.before} → ${reason.after}`;
    case 'account':
      return reason.is_other_organization
        ? 'Another account, of another organization'
        : 'Another account, in another workspace';
    case 'expired':
      return `Idle for ${minutes(reason.idle_seconds)}: expired after ${minutes(reason.ttl_seconds)}`;
    case 'tools':
      return `Tool list changed: ${reason.before} → ${reason.after} tools (${changesOf(reason)}, from tool ${reason.position} on)`;
    case 'system':
      return `System block ${reason.position} changed`;
    case 'settings':
      return `Settings changed: ${reason.names.join(', ')}`;
    case 'messages':
      return `Message ${reason.position} changed (edited or compacted): ${reason.before} → ${reason.after} messages`;
    case 'no_breakpoint':
      return 'No cache breakpoint at the end of the conversation';
    case 'look_back':
      return `The next cache breakpoint is ${reason.blocks} blocks later; an entry is found within 20`;
    case 'deferred_tools':
      return 'Unknown: the prefix is the same, but tools that are loaded later changed';
    case 'client_block':
      return 'Unknown: the prefix is the same, but the version of the client changed';
    case 'credential':
      return 'Unknown: the prefix is the same, but another credential was used';
    case 'unknown':
      return 'Unknown: the prefix is the same';
  }
}

function changesOf(reason: Extract<CacheBreakReason, { kind: 'tools' }>): string {
  const parts = (['added', 'removed', 'changed'] as const).flatMap((name) =>
    reason[name] > 0 ? [`${reason[name]} ${OF_TOOLS[name]}`] : [],
  );
  return parts.join(', ') || 'other order';
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

export const sessionsEn = {
  lead: 'Conversations of clients that name their session, such as Claude Code. A cache break makes a request expensive: its prompt is sent again instead of being read from the prompt cache.',
  empty: 'No session in this time.',
  emptyHint: 'A client names its session by x-claude-code-session-id (Claude Code does) or x-session-id.',
  noMatch: (search: string) => `No session or user has “${search}”.`,
  search: 'Session or user',
  periods: { '1': 'Today', '7': '7 days', '30': '30 days' } as Readonly<Record<string, string>>,
  period: 'Period',
  count: (shown: string, total: string) => `${shown} of ${total} sessions`,
  more: 'Show more',
  session: 'Session',
  user: 'User',
  last: 'Last request',
  requests: 'Requests',
  tokens: 'Tokens',
  cost: 'Cost',
  cacheHits: 'Read from cache',
  breaks: 'Cache breaks',
  lost: 'Lost',
  back: 'All sessions',
  gone: 'No session with this id is on record.',
  goneHint: 'It may be older than the request log, or its id is spelled in another way.',
  context: 'Context of the main conversation',
  contextLead: 'The prompt of each request. What was read from the cache costs a tenth or less of what is written.',
  contextNow: 'Context now',
  duration: 'From first to last request',
  breaksTitle: 'Cache breaks and their reasons',
  noBreaks: 'No cache break: each request read what the one before had left in the cache.',
  notCompared: 'Prompts are not compared: TRACK_SESSIONS is off.',
  lostOf: (tokens: string, usd: string) => `${tokens} tokens sent again, ${usd} more than reading them`,
  lostUnpriced: (tokens: string) => `${tokens} tokens sent again; no price is known`,
  unseen:
    'Other requests of this conversation were not seen by this task: they went to another task or past the gateway.',
  also: (names: string) => `Also changed: ${names}`,
  requestsTitle: 'Requests',
  truncated: 'These are the last 2,000 requests of the session.',
  showAll: (count: string) => `Show all ${count}`,
  time: 'Time',
  conversation: 'Conversation',
  messages: 'Messages',
  tokensOfContext: 'Context',
  role: { main: 'main', agent: 'subagent', side: 'side request' },
  restarted: 'starts anew, as after a compaction',
  kinds: {
    upstream: 'upstream',
    model: 'model',
    account: 'account',
    expired: 'expired',
    tools: 'tools',
    system: 'system prompt',
    settings: 'settings',
    messages: 'messages',
    no_breakpoint: 'breakpoints',
    look_back: 'breakpoints',
    deferred_tools: 'unknown',
    client_block: 'unknown',
    credential: 'unknown',
    unknown: 'unknown',
  },
  reasonOf,
  broken: (reason: string) => `The prompt cache was not read as expected. ${reason}.`,
  open: 'Open the request',
};
