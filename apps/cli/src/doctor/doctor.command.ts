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
    const [{ collectFacts }, { checksWithout }, { findingsOf }, { billedTrials }] = await Promise.all([
      import('./collect-facts.js'),
      import('./checked.js'),
      import('./findings.js'),
      import('./billed-trials.js'),
    ]);
    const trials = input.options.billed === true ? await billedTrials(context, input) : undefined;
    const facts = { ...(await collectFacts(context)), ...(trials && { trials }) };
    const findings = findingsOf(facts);
    const { good, skipped } = checksWithout(findings, facts);
    return {
      json: { url: facts.url, findings, good, skipped, ...(trials && { trials }) },
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
        ...(skipped.length === 0 ? [] : [line(`Not checked, for want of an answer: ${skipped.join(', ')}.`, 'warn')]),
      ],
      exit: findings.length === 0 ? EXIT.fine : EXIT.degraded,
    };
  },
};
