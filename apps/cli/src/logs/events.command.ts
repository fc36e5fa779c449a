import { OPERATOR_EVENT_TYPES, type OperatorEvent, type OperatorEventType } from '@claude-proxy/admin-api';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec, Input } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { listOption } from '../core/options.js';
import { printable } from '../text/width.js';
import { clockText } from './line-text.js';

export const events: CommandSpec = {
  name: 'events',
  summary: 'what an operator should hear of, as it happens: budgets, limits, accounts, loops of agents, keys, drills',
  details: `Prints one event per line until it is interrupted, with --json as NDJSON. The types are ${OPERATOR_EVENT_TYPES.join(', ')}. The gateway keeps no list of events; a webhook gets each of them (docs/webhook.md).`,
  options: [{ flags: '--type <names>', text: 'only these, separated by commas' }],
  async run(context, input) {
    const { world } = context;
    const types = typesOf(input);
    const client = await context.client();
    if (world.stderr.isTTY && !context.json) context.note('Waiting for events; Ctrl-C ends it.');
    let wasOpen = false;
    const onState = (state: string) => {
      if (state === 'waiting' && wasOpen)
        context.note('The feed of the gateway broke; events of the break are not shown.');
      wasOpen = state === 'open' || (wasOpen && state !== 'waiting');
    };
    for await (const each of client.live({ signal: world.signal, onState })) {
      if (each.type === 'event' && types.has(each.event.type)) context.record(each.event, eventText(each.event));
    }
    return { json: undefined, text: [], exit: EXIT.interrupted };
  },
};

/** @throws CliError */
function typesOf(input: Input): ReadonlySet<string> {
  const names = listOption(input, 'type') ?? OPERATOR_EVENT_TYPES;
  const unknown = names.find((name) => !OPERATOR_EVENT_TYPES.includes(name as OperatorEventType));
  if (unknown === undefined) return new Set(names);
  throw usageError(
    `--type is "${unknown}", which is not a type of event`,
    `Allowed: ${OPERATOR_EVENT_TYPES.join(', ')}.`,
  );
}

/** `12:00:01  loop.detected  user:alice  …` */
function eventText({ at, type, subject, text }: OperatorEvent): string {
  return printable(`${clockText(at)}  ${type}  ${subject}  ${text}`);
}
