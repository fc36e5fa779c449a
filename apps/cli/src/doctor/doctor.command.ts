import type { CommandSpec } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { line } from '../text/blocks.js';
import { durationText } from '../text/numbers.js';

export const doctor: CommandSpec = {
  name: 'doctor',
  summary: 'look for faults from this place and from that of the gateway, each with its cure (exit code 6)',
  options: [
    { flags: '--billed', text: 'also ask each fallback upstream for a short answer of each model, which is paid for' },
    { flags: '--models <ids>', text: 'with --billed: these models only, separated by commas', values: 'models' },
    { flags: '--yes', text: 'with --billed: do not ask' },
  ],
  async run(context, input) {
    const [{ collectFacts }, { CHECK_NAMES, findingsOf }, { billedTrials }] = await Promise.all([
      import('./collect-facts.js'),
      import('./findings.js'),
      import('./billed-trials.js'),
    ]);
    const trials = input.options.billed === true ? await billedTrials(context, input) : undefined;
    const facts = { ...(await collectFacts(context)), ...(trials && { trials }) };
    const findings = findingsOf(facts);
    const good = CHECK_NAMES.filter(
      (name) => !findings.some(({ check }) => check === name) && (name !== 'billed' || trials !== undefined),
    );
    return {
      json: { url: facts.url, findings, good, ...(trials && { trials }) },
      text: [
        ...(trials ?? [])
          .filter(({ answered }) => answered)
          .map(({ upstream, model, duration_ms }) =>
            line(`${upstream} answers ${model} in ${durationText(duration_ms)}`),
          ),
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
