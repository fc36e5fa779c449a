import type { CommandSpec } from '../core/command.js';
import { line } from '../text/blocks.js';
import { storyOf } from './story.js';

export const why: CommandSpec = {
  name: 'why',
  summary: 'the story of one request: each try, and why this upstream answered',
  arguments: [
    {
      name: '<id>',
      text: 'id of the request (x-claude-proxy-exchange), or the request id of the upstream that the client shows',
    },
  ],
  async run(context, { args }) {
    const detail = await (await context.client()).request(args[0]!);
    return { json: detail, text: storyOf(detail).map((text) => line(text)) };
  },
};
