import type { CommandSpec, Context } from '../core/command.js';
import { cachePath, readCached } from '../gateway/cache-file.js';
import { writePrivateFile } from '../gateway/private-file.js';
import { raw } from '../text/blocks.js';
import { moneyText, relativeTime } from '../text/numbers.js';

/** Claude Code asks several times a minute. */
const FRESH_MS = 20_000;
const STALE_MS = 10 * 60_000;

interface Cached {
  readonly at: number;
  readonly line: string;
}

export const statusline: CommandSpec = {
  name: 'statusline',
  summary: 'one line for the status line of Claude Code, at once from a cache that is refreshed in the background',
  details: 'In the settings of Claude Code: "statusLine": { "type": "command", "command": "ccp statusline" }',
  options: [{ flags: '--refresh', text: 'ask the gateway now' }],
  async run(context, input) {
    const { url } = await context.gateway();
    const path = cachePath(context.world, 'statusline', url);
    if (input.options.refresh === true) {
      const fresh = { at: context.world.now(), line: await freshLine(context) };
      writePrivateFile(path, JSON.stringify(fresh));
      return { json: fresh, text: [raw(fresh.line)] };
    }
    const cached = readCached<Cached>(path);
    const age = cached === undefined ? Number.POSITIVE_INFINITY : context.world.now() - cached.at;
    if (age > FRESH_MS) context.world.startAgain(['statusline', '--refresh', '--url', url]);
    const line =
      cached === undefined
        ? 'gateway ...'
        : `${cached.line}${age > STALE_MS ? ` (${relativeTime(cached.at, context.world.now())})` : ''}`;
    return { json: { at: cached?.at ?? null, line }, text: [raw(line)] };
  },
};

async function freshLine(context: Context): Promise<string> {
  const client = await context.client();
  try {
    const [{ mood, headline }, day] = await Promise.all([client.verdict(), client.analytics('24h')]);
    const state = mood === 'well' ? 'gateway ok' : `gateway: ${headline}`;
    return `${state} | ${day.in_flight} in flight | ${moneyText(day.totals.cost_usd)} in 24h`;
  } catch {
    return 'gateway away';
  }
}
