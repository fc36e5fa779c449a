import type { CommandSpec } from '../core/command.js';
import { requiredText, textOption } from '../core/options.js';
import { line, table } from '../text/blocks.js';
import { relativeTime } from '../text/numbers.js';

export const explain: CommandSpec = {
  name: 'explain',
  summary: 'which account would answer a request now, and why',
  options: [
    { flags: '--model <id>', text: 'the model', values: 'models' },
    { flags: '--user <name>', text: 'the user', values: 'users' },
    { flags: '--session <id>', text: 'the session, as the client sends it' },
  ],
  async run(context, input) {
    const [user, session] = [textOption(input, 'user'), textOption(input, 'session')];
    const decision = await (await context.client()).explainDecision({
      model: requiredText(input, 'model', '--model'),
      ...(user !== undefined && { user }),
      ...(session !== undefined && { session }),
    });
    const rows = decision.passed_over.map(({ account, state, reason, until }) => [
      account,
      state,
      reason ?? '-',
      until === null ? '-' : relativeTime(until, context.world.now()),
    ]);
    return {
      json: decision,
      text: [
        line(decision.sentence),
        ...(rows.length > 0 ? [table(['PASSED OVER', 'STATE', 'REASON', 'ENDS'], rows)] : []),
      ],
    };
  },
};
