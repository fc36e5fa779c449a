import type { CommandSpec } from '../core/command.js';
import { raw } from '../text/blocks.js';
import { layoutOf } from '../text/layout.js';
import type { Keyboard } from './top-session.js';

export const top: CommandSpec = {
  name: 'top',
  summary: 'watch the gateway: verdict, rates, accounts, money, live requests; ? shows the keys',
  details: 'Without a terminal it prints one frame and ends.',
  async run(context) {
    const { TopSession } = await import('./top-session.js');
    const { world } = context;
    const session = new TopSession(await context.client(), (await context.gateway()).url, world, layoutOf(world));
    const keyboard = world.stdin as unknown as Keyboard;
    if (keyboard.isTTY && world.stdout.isTTY && !context.json && world.env.TERM !== 'dumb') {
      await session.run(keyboard);
      return undefined;
    }
    const lines = await session.once();
    return { json: { lines }, text: [raw(lines.map((line) => line.trimEnd()).join('\n'))] };
  },
};
