import type { RequestLine } from '@claude-proxy/admin-api';
import type { CommandSpec } from '../core/command.js';
import { secondsOf, textOption } from '../core/options.js';
import { line, table } from '../text/blocks.js';
import { countText, moneyText, relativeTime, shareText } from '../text/numbers.js';
import { sessionRows } from './sessions.js';

const PAGE = 500;
/** The request log is read line by line: more takes longer than a person waits. */
const MAX_LINES = 5_000;

export const statsSessions: CommandSpec = {
  name: 'stats sessions',
  summary: 'figures per session of a client, last used first; `ccp logs --session ID` lists its requests',
  options: [
    { flags: '--since <duration>', text: 'how far back, such as 2h or 7d (default 24h)' },
    { flags: '--user <name>', text: 'sessions of this user only', values: 'users' },
  ],
  async run(context, input) {
    const nowMs = context.world.now();
    const since = nowMs - secondsOf(textOption(input, 'since') ?? '24h', '--since') * 1_000;
    const user = textOption(input, 'user');
    const client = await context.client();
    const lines: RequestLine[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await client.requests({ since, limit: PAGE, cursor, ...(user !== undefined && { user }) });
      lines.push(...page.requests);
      cursor = page.next_cursor;
    } while (cursor && lines.length < MAX_LINES);
    const rows = sessionRows(lines);
    const cells = rows.map((row) => [
      row.name,
      row.user,
      countText(row.requests),
      countText(row.errors),
      countText(row.tokens),
      shareText(row.cache_hit_share),
      countText(row.cache_breaks),
      moneyText(row.cost_usd),
      relativeTime(row.last_at, nowMs),
    ]);
    if (cursor) context.note(`Of the newest ${lines.length} requests only; give a shorter --since or a --user.`);
    const titles = ['SESSION', 'USER', '>REQUESTS', '>ERRORS', '>TOKENS', '>CACHED', '>BREAKS', '>COST', 'LAST'];
    return {
      json: { since, is_complete: !cursor, rows },
      text: [rows.length === 0 ? line('No request of that time names a session.') : table(titles, cells)],
    };
  },
};
