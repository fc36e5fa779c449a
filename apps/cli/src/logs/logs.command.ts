import type { RequestLine } from '@claude-proxy/admin-api';
import type { AdminClient, RequestFilter } from '@claude-proxy/admin-client';
import type { CommandSpec, Context, Input } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { textOption, wholeOption } from '../core/options.js';
import { table } from '../text/blocks.js';
import { layoutOf } from '../text/layout.js';
import { followedLines } from './followed-lines.js';
import { LINE_TITLES, lineCells, lineText } from './line-text.js';

const DEFAULT_LAST = 50;
const MAX_LAST = 10_000;
const PAGE = 500;
const VALUES = ['model', 'user', 'upstream', 'session', 'team', 'account', 'key'] as const;

export const logs: CommandSpec = {
  name: 'logs',
  summary: 'finished requests, newest last; never a prompt, an answer or a key',
  details:
    'With --follow, each line is one record; with --json then NDJSON. A break of the feed is noted on the standard error, and the lines in between are read later.',
  options: [
    { flags: '-n, --last <n>', text: `number of requests (default ${DEFAULT_LAST})` },
    { flags: '-f, --follow', text: 'print requests as they end, until interrupted' },
    { flags: '--error-only', text: 'refused and broken requests only' },
    { flags: '--fallback-only', text: 'requests that a fallback upstream answered' },
    { flags: '--model <id>', text: 'requests for this model only', values: 'models' },
    { flags: '--user <name>', text: 'requests of this user only', values: 'users' },
    { flags: '--upstream <name>', text: 'requests that this upstream answered' },
    { flags: '--session <id>', text: 'requests of this session of a client' },
    { flags: '--team <name>', text: 'requests of this team' },
    { flags: '--account <name>', text: 'requests that were sent with this account', values: 'accounts' },
    { flags: '--key <id>', text: 'requests with this client key', values: 'keys' },
  ],
  async run(context, input) {
    const client = await context.client();
    const filter = filterOf(input);
    const last = wholeOption(input, 'last', [0, MAX_LAST]);
    if (input.options.follow === true) return follow(context, client, filter, last ?? 10);
    const requests = await lastLines(client, filter, last ?? DEFAULT_LAST);
    return {
      json: { requests },
      text: [
        table(
          LINE_TITLES,
          requests.map((line) => lineCells(line, context.world.now())),
        ),
      ],
    };
  },
};

function filterOf(input: Input): RequestFilter {
  const values = VALUES.map((name) => [name, textOption(input, name)] as const);
  return {
    ...Object.fromEntries(values.filter(([, value]) => value !== undefined)),
    ...(input.options.errorOnly === true && { errors: true }),
    ...(input.options.fallbackOnly === true && { fallbacks: true }),
  };
}

/** Oldest first, as a log is read. */
async function lastLines(client: AdminClient, filter: RequestFilter, count: number): Promise<RequestLine[]> {
  const lines: RequestLine[] = [];
  let cursor: string | null | undefined;
  while (lines.length < count) {
    const page = await client.requests({ ...filter, limit: Math.min(PAGE, count - lines.length), cursor });
    lines.push(...page.requests);
    cursor = page.next_cursor;
    if (!cursor) break;
  }
  return lines.reverse();
}

async function follow(context: Context, client: AdminClient, filter: RequestFilter, last: number) {
  const { world } = context;
  const layout = layoutOf(world);
  const onGap = (state: 'lost' | 'back') =>
    context.note(
      state === 'lost'
        ? 'The feed of the gateway broke; connecting again.'
        : 'Connected again; reading what was missed.',
    );
  for await (const line of followedLines(client, { filter, last, signal: world.signal, now: world.now, onGap })) {
    context.record(line, lineText(line, layout, world.now()));
  }
  return { json: undefined, text: [], exit: EXIT.interrupted };
}
