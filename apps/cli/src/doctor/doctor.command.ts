import type { CommandSpec } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { line } from '../text/blocks.js';

export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'look for faults from this place and from that of the gateway, each with its cure (exit code 6)',
  async run(context) {
    const [{ collectFacts }, { CHECK_NAMES, findingsOf }] = await Promise.all([
      import('./collect-facts.js'),
      import('./findings.js'),
    ]);
    const facts = await collectFacts(context);
    const findings = findingsOf(facts);
    const good = CHECK_NAMES.filter((name) => !findings.some(({ check }) => check === name));
    return {
      json: { url: facts.url, findings, good },
      text: [
        ...findings.flatMap(({ check, problem, cure }) => [line(`x ${check}: ${problem}`, 'bad'), line(`    ${cure}`)]),
        line(
          findings.length === 0
            ? `No fault was found at ${facts.url}: ${good.join(', ')}.`
            : `No fault in: ${good.join(', ')}.`,
          'good',
        ),
      ],
      exit: findings.length === 0 ? EXIT.fine : EXIT.degraded,
    };
  },
};
