import { readAll } from '../core/ask.js';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec } from '../core/command.js';
import { line, raw, table } from '../text/blocks.js';
import { numbered } from '../text/numbers.js';

const MAX_BYTES = 200_000;

export const maskingCommands: readonly CommandSpec[] = [
  {
    name: 'masking preview',
    summary: 'what would be masked in a text, and by which rule; reads the standard input, keeps nothing',
    async run(context) {
      if (context.world.stdin.isTTY) context.note('Reading the text from the terminal; Ctrl-D ends it.');
      const text = await readAll(context.world.stdin, MAX_BYTES);
      if (text === '') throw usageError('The text is empty', 'An example: ccp masking preview < file.txt');
      const preview = await (await context.client()).previewMasking(text);
      context.note(
        `${numbered(preview.matches.length, 'identifier')}: ${[...new Set(preview.matches.map(({ rule }) => rule))].join(', ') || 'none'}`,
      );
      return { json: preview, text: [raw(preview.masked)] };
    },
  },
  {
    name: 'masking rules',
    summary: 'the rules of masking, and which are on',
    async run(context) {
      const found = await (await context.client()).maskingRules();
      const rows = found.rules.map(({ number, name, is_on, is_alarm, examples }) => [
        number,
        name,
        is_on ? 'on' : 'off',
        is_alarm ? 'alarm' : '-',
        examples[0] ?? '-',
      ]);
      return {
        json: found,
        text: [
          line(`Masking is ${found.masking}; ${found.own_rules.length} rules of your own.`),
          table(['>NUMBER', 'RULE', 'STATE', 'SEEN', 'EXAMPLE'], rows),
        ],
      };
    },
  },
];
