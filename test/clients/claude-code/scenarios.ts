import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import type { InstalledClaude, Session } from './installed-claude.js';
import { orderOf, type Play } from './played-model.js';

/** A use case of Claude Code. */
export interface Scenario {
  readonly title: string;
  /** What a person notices in a fallback, and why it cannot be otherwise. */
  readonly known?: { readonly lines: readonly RegExp[]; readonly note: string };
  /** Runs the sessions one after the other; `between` is called before each but the first. */
  play(claude: InstalledClaude, baseUrl: string, between: () => void): Promise<Session[]>;
}

const SKIP = '--dangerously-skip-permissions';
const MANY_TOOLS = fileURLToPath(new URL('../../../../../test/clients/claude-code/many-tools.mjs', import.meta.url));
const LONG_TOOL = 'mcp__many__list_all_comments_of_a_pull_request_together_with_their_threads';

const bash = (command: string) => ({ name: 'Bash', input: { command, description: 'run it' } });
const ECHO: Play = { calls: [bash('echo one'), bash('echo two')], text: 'Both ran.' };

/** The newest models, and older ones that are still in many settings. */
const MODELS = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-fable-5-2',
  'claude-opus-5',
  'claude-sonnet-5',
  'claude-opus-4-8',
  'claude-sonnet-4-6',
  'claude-haiku-4-5',
  'claude-opus-5-5[1m]',
];

export const SCENARIOS: readonly Scenario[] = [
  one('a question', { calls: [], text: 'An answer.' }),
  one('a loop of tools', ECHO, SKIP),
  one(
    'subagents',
    {
      calls: [agentOf('first', 'Found by the first.'), agentOf('second', 'Found by the second.')],
      text: 'Both reported.',
    },
    SKIP,
  ),
  {
    title: 'an MCP server with 120 tools, one with a long name',
    async play(claude, baseUrl) {
      const config = join(claude.home, 'mcp.json');
      const server = { command: process.execPath, args: [MANY_TOOLS, '120'] };
      await writeFile(config, JSON.stringify({ mcpServers: { many: server } }));
      const calls = [
        { name: 'ToolSearch', input: { query: `select:${LONG_TOOL},mcp__many__look_up_7`, max_results: 2 } },
        { name: LONG_TOOL, input: { what: 'threads' } },
        { name: 'mcp__many__look_up_7', input: { what: 'seven' } },
      ];
      const flags = [SKIP, '--mcp-config', config, '--strict-mcp-config'];
      return [await claude.run(baseUrl, orderOf({ calls, text: 'The tools answered.' }), flags)];
    },
  },
  withFile('an image', 'dot.png', onePixelPng()),
  withFile('a PDF', 'page.pdf', onePagePdf()),
  one('plan mode', { calls: [bash('ls')], text: 'This is the plan.' }, '--permission-mode', 'plan'),
  one('auto mode', { calls: [bash('touch made-in-auto-mode')], text: 'It is made.' }, '--permission-mode', 'auto'),
  {
    ...one(
      'a web search',
      { calls: [{ name: 'WebSearch', input: { query: 'what is new' } }], text: 'I looked.' },
      SKIP,
    ),
    known: {
      lines: [/^missing: gets: Web search results/, /^is refused: API Error: Request rejected \(429\)/],
      note: 'the search is refused at once, with the reason, and the session goes on: Bedrock has no web search',
    },
  },
  severalOf('resume, back and forth', [
    ECHO,
    { calls: [bash('echo three')], text: 'Third.' },
    { calls: [], text: 'Done.' },
  ]),
  {
    title: 'compaction',
    async play(claude, baseUrl, between) {
      const first = await claude.run(baseUrl, orderOf(ECHO), [SKIP]);
      between();
      const compacted = await claude.run(baseUrl, '/compact', resumed(first));
      between();
      const after = await claude.run(baseUrl, orderOf({ calls: [], text: 'After it.' }), resumed(compacted));
      return [first, compacted, after];
    },
  },
  ...MODELS.map((model) => one(`the model ${model}`, ECHO, SKIP, '--model', model)),
];

function one(title: string, play: Play, ...flags: string[]): Scenario {
  return { title, play: async (claude, baseUrl) => [await claude.run(baseUrl, orderOf(play), flags)] };
}

function severalOf(title: string, plays: readonly Play[]): Scenario {
  return {
    title,
    async play(claude, baseUrl, between) {
      const sessions: Session[] = [];
      for (const play of plays) {
        if (sessions.length > 0) between();
        const last = sessions.at(-1);
        sessions.push(await claude.run(baseUrl, orderOf(play), last ? resumed(last) : [SKIP]));
      }
      return sessions;
    },
  };
}

function withFile(title: string, name: string, bytes: Buffer): Scenario {
  return {
    title,
    async play(claude, baseUrl) {
      const path = join(claude.home, name);
      await writeFile(path, bytes);
      const calls = [{ name: 'Read', input: { file_path: path } }];
      return [await claude.run(baseUrl, orderOf({ calls, text: 'I have seen it.' }), [SKIP])];
    },
  };
}

function agentOf(name: string, text: string) {
  const prompt = orderOf({ calls: [bash(`echo ${name}`)], text });
  return { name: 'Agent', input: { description: `the ${name}`, prompt, subagent_type: 'general-purpose' } };
}

function resumed({ events }: Session): string[] {
  const id = events.find(({ session_id }) => session_id !== undefined)?.session_id;
  return [SKIP, ...(id ? ['--resume', id] : [])];
}

function onePixelPng(): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  const pixel = deflateSync(Buffer.from([0, 255, 0, 0]));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixel), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
}

function onePagePdf(): Buffer {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = text.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  text += `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
