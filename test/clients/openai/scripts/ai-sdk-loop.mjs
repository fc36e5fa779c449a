import { stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { prompt, read, run, say, write } from './task-tools.mjs';

export async function play(model) {
  const text = z.string();
  const stream = streamText({
    model,
    prompt,
    stopWhen: stepCountIs(6),
    tools: {
      read: tool({ inputSchema: z.object({ path: text }), execute: read }),
      write: tool({ inputSchema: z.object({ path: text, content: text }), execute: write }),
      run: tool({ inputSchema: z.object({ command: text }), execute: run }),
    },
  });
  say(await stream.text);
}
