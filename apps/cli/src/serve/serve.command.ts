import type { CommandSpec } from '../core/command.js';
import { textOption } from '../core/options.js';

export const serve: CommandSpec = {
  name: 'serve',
  summary: 'run a gateway on this machine (also: claude-code-proxy)',
  options: [
    { flags: '-p, --port <n>', text: 'TCP port (PORT, else 8080); 0 takes a free one' },
    { flags: '--host <address>', text: 'address to listen on (HOST, else 127.0.0.1)' },
    { flags: '--open', text: 'open the dashboard in a browser' },
  ],
  async run(context, input) {
    const [port, host] = [textOption(input, 'port'), textOption(input, 'host')];
    await context.world.launch('serve', [
      ...(port === undefined ? [] : ['--port', port]),
      ...(host === undefined ? [] : ['--host', host]),
      ...(input.options.open === true ? ['--open'] : []),
    ]);
    return undefined;
  },
};
