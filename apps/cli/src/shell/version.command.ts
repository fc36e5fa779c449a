import type { CommandSpec } from '../core/command.js';
import { VERSION } from '../core/version.js';
import { reach } from '../gateway/reach.js';
import { facts } from '../text/blocks.js';

export const version: CommandSpec = {
  name: 'version',
  summary: 'the versions of this program and of the gateway',
  async run(context) {
    const found = await context.gateway();
    const { url } = found;
    const gateway = (await reach(found).version) ?? null;
    return {
      json: { version: VERSION, node: process.version, gateway: { url, version: gateway } },
      text: [
        facts(
          ['ccp', VERSION],
          ['Node', process.version],
          ['Gateway', `${gateway ?? 'not known: no answer, or not signed in'} (${url})`],
        ),
      ],
    };
  },
};
