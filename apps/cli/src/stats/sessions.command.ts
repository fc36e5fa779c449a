import { SESSION_ORDERS, type SessionLine } from '@claude-proxy/admin-api';
import type { CommandSpec, Context, Input } from '../core/command.js';
import { choiceOption, textOption, wholeOption } from '../core/options.js';
import { type Block, line, table } from '../text/blocks.js';
import { countText, moneyText, relativeTime, shareText } from '../text/numbers.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const DEFAULT_LAST = 50;
const MAX_LAST = 10_000;
const MAX_DAYS = 31;
/** The most that the gateway returns at once. */
const PAGE = 500;

export interface SessionRow extends SessionLine {
  readonly name: string;
  /** Of all kinds. */
  readonly tokens: number;
  readonly cache_hit_share: number | null;
}

export const statsSessions: CommandSpec = {
  name: 'stats sessions',
  summary: 'figures per session of a client, last used first; `ccp logs --session ID` lists its requests',
  options: [
    { flags: '--days <n>', text: `days up to today (UTC), 1 to ${MAX_DAYS} (default 1)` },
    { flags: '--user <name>', text: 'sessions of this user only', values: 'users' },
    { flags: '--search <text>', text: 'a part of the id of the session or of the user' },
    { flags: '--sort <order>', text: `${SESSION_ORDERS.join(', ')} (default recent)`, values: SESSION_ORDERS },
    { flags: '-n, --last <n>', text: `number of sessions (default ${DEFAULT_LAST})` },
  ],
  async run(context, input) {
    const nowMs = context.world.now();
    const days = wholeOption(input, 'days', [1, MAX_DAYS]) ?? 1;
    const since = nowMs - (nowMs % DAY_MS) - (days - 1) * DAY_MS;
    const { rows, total } = await sessionRows(
      context,
      input,
      days,
      wholeOption(input, 'last', [1, MAX_LAST]) ?? DEFAULT_LAST,
    );
    if (rows.length < total) context.note(`${rows.length} of ${total} sessions; -n ${total} lists all.`);
    return {
      json: { since, total, is_complete: rows.length === total, rows },
      text: [rows.length === 0 ? line('No request of that time names a session.') : rowsText(rows, nowMs)],
    };
  },
};

async function sessionRows(context: Context, input: Input, days: number, last: number) {
  const client = await context.client();
  const [user, q] = [textOption(input, 'user'), textOption(input, 'search')];
  const question = {
    days,
    sort: choiceOption(input, 'sort', SESSION_ORDERS) ?? 'recent',
    ...(user !== undefined && { user }),
    ...(q !== undefined && { q }),
  };
  const rows: SessionRow[] = [];
  for (let cursor: string | null | undefined; ; ) {
    const page = await client.clientSessions({ ...question, limit: Math.min(PAGE, last - rows.length), cursor });
    rows.push(...page.sessions.map(rowOf));
    cursor = page.next_cursor;
    if (!cursor || rows.length >= last) return { rows, total: page.total };
  }
}

function rowOf(session: SessionLine): SessionRow {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = session;
  const input = input_tokens + cache_creation_input_tokens + cache_read_input_tokens;
  return {
    name: session.session,
    ...session,
    tokens: input + output_tokens,
    cache_hit_share: input === 0 ? null : cache_read_input_tokens / input,
  };
}

function rowsText(rows: readonly SessionRow[], nowMs: number): Block {
  return table(
    ['!SESSION', 'USER', '>REQUESTS', '?>ERRORS', '?>TOKENS', '>CACHED', '?>BREAKS', '?>LOST', '>COST', '!LAST'],
    rows.map((row) => [
      row.name,
      row.user,
      countText(row.requests),
      { text: countText(row.errors), ...(row.errors > 0 && { tone: 'warn' as const }) },
      countText(row.tokens),
      shareText(row.cache_hit_share),
      countText(row.cache_breaks),
      moneyText(row.lost_usd),
      moneyText(row.cost_usd),
      relativeTime(row.last_at, nowMs),
    ]),
  );
}
