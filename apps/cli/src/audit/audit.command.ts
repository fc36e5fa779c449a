import type { AuditEntry } from '@claude-proxy/admin-api';
import type { CommandSpec } from '../core/command.js';
import { wholeOption } from '../core/options.js';
import { table } from '../text/blocks.js';
import { relativeTime } from '../text/numbers.js';

export const audit: CommandSpec = {
  name: 'audit',
  summary: 'what operators have changed, newest first',
  options: [{ flags: '-n, --last <n>', text: 'number of acts, up to 500 (default 50)' }],
  async run(context, input) {
    const page = await (await context.client()).audit({ limit: wholeOption(input, 'last', [1, 500]) ?? 50 });
    const rows = page.entries.map((entry) => [
      relativeTime(entry.at, context.world.now()),
      entry.act,
      entry.target ?? '-',
      actorText(entry),
      entry.address,
      Object.entries(entry.details)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ]);
    return { json: page, text: [table(['!WHEN', '!ACT', '!TARGET', 'BY', '?ADDRESS', 'DETAILS'], rows)] };
  },
};

function actorText({ actor: { kind, name } }: AuditEntry): string {
  return name === null ? kind : `${kind} ${name}`;
}
