import { parseArgs } from 'node:util';

export interface Flags {
  readonly port: string | undefined;
  readonly host: string | undefined;
  readonly opensBrowser: boolean;
  readonly wants: 'start' | 'help' | 'version';
}

export const HELP = `Usage: claude-code-proxy [options]

One URL in front of Claude: for Claude Code, for Anthropic's SDKs, and for tools that speak OpenAI.

  --port N    TCP port (PORT, else 8080); 0 takes a free one
  --host A    address to listen on (HOST, else 127.0.0.1)
  --open      open the dashboard in a browser
  --version   print the version
  --help      print this

Everything else is set by environment variables or a .env file in the working directory: docs/configuration.md
`;

/** @throws TypeError saying which flag is not known or lacks its value */
export function readFlags(given: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...given],
    options: {
      port: { type: 'string', short: 'p' },
      host: { type: 'string' },
      open: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', short: 'v', default: false },
    },
  });
  const { port, host, open: opensBrowser } = values;
  return { port, host, opensBrowser, wants: values.help ? 'help' : values.version ? 'version' : 'start' };
}
