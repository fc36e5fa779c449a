import { readAll } from '../core/ask.js';
import { usageError } from '../core/cli-error.js';
import type { CommandSpec } from '../core/command.js';
import { choiceOption, textOption } from '../core/options.js';
import { raw } from '../text/blocks.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export const api: CommandSpec = {
  name: 'api',
  summary: 'ask any endpoint of the admin API; prints its JSON',
  details: 'The token goes to the gateway only: an address in place of a path is refused.',
  arguments: [{ name: '<path>', text: 'such as /api/requests?limit=5' }],
  options: [
    { flags: '-X, --method <name>', text: `${METHODS.join(', ')} (default GET, or POST with a body)`, values: METHODS },
    { flags: '-d, --data <json>', text: 'the body; - reads the standard input' },
  ],
  async run(context, input) {
    const path = input.args[0]!;
    const data = textOption(input, 'data');
    const text = data === '-' ? await readAll(context.world.stdin, MAX_BODY_BYTES) : data;
    const method = choiceOption(input, 'method', METHODS) ?? (text === undefined ? 'GET' : 'POST');
    const { pathname, query } = partsOf(path);
    const client = await context.client();
    const answer = await client.send<unknown>(pathname, {
      method,
      query,
      ...(text !== undefined && { body: parsed(text) }),
    });
    return { json: answer ?? null, text: [raw(JSON.stringify(answer ?? null, null, 2))] };
  },
};

/** @throws CliError for what is not a path of the gateway */
export function partsOf(path: string): { pathname: string; query: Record<string, string> } {
  const base = 'http://gateway.invalid';
  const url =
    path.startsWith('//') || path.includes('\\') || !URL.canParse(path, `${base}/`)
      ? undefined
      : new URL(path, `${base}/`);
  if (url?.origin !== base)
    throw usageError(`"${path}" is not a path of the gateway`, 'An example: ccp api /api/limits');
  return { pathname: url.pathname, query: Object.fromEntries(url.searchParams) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError('The body is not JSON');
  }
}
