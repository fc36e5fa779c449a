import type { CommandSpec } from '../core/command.js';
import { facts } from '../text/blocks.js';

export const configCommands: readonly CommandSpec[] = [
  {
    name: 'config show',
    summary: 'the settings in force in the gateway, without secrets',
    async run(context) {
      const settings = await (await context.client()).send<Record<string, string>>('debug/env');
      return {
        json: { settings },
        text: [facts(...Object.entries(settings).map(([name, value]) => [name, String(value)] as const))],
      };
    },
  },
  {
    name: 'config check',
    summary: 'check the environment and the .env file of this directory, without starting a gateway',
    async run(context) {
      await context.world.launch('config-check', context.json ? ['--json'] : []);
      return undefined;
    },
  },
];
