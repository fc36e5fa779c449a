import { randomUUID } from 'node:crypto';
import { between, type Member, pick } from './company.js';

const BREAKPOINT = { cache_control: { type: 'ephemeral' } };
const TURNS = 40;
const EVENT_SHARE = 0.06;
/** An agent that prints its environment. */
const LEAK_SHARE = 0.02;
const LEAK = 'AWS_ACCESS_KEY_ID=AKIAQ3EGRMB5T2YKLTXA\n';
const TOOLS = ['Bash', 'Read', 'Edit', 'Write', 'Grep', 'Glob', 'WebFetch', 'TodoWrite', 'Task', 'NotebookEdit'];
const MCP_TOOLS = ['mcp__jira__search', 'mcp__jira__comment', 'mcp__grafana__query'];
const LINE = '    const { amount, currency } = await ledger.entry(id, { lock: true });\n';
const PLACES = [
  'arn:aws:iam::204813579264:role/payments-deployer',
  's3://acme-prod-ledger/2026/11/27.parquet',
  'vpc-0a1b2c3d4e5f60718',
];

type Message = { readonly role: 'user' | 'assistant'; readonly content: readonly object[] };

/** A session of Claude Code: each request repeats the conversation, and now and then something in front of it changes. */
export class LiveSession {
  readonly id = randomUUID();
  isBusy = false;
  private readonly messages: Message[] = [];
  private readonly tools: string[];
  private model: string;
  private instructions = 1;
  private turn = 0;

  constructor(readonly member: Member) {
    this.model = pick(member.models);
    this.tools = TOOLS.slice(0, Math.round(between(7, TOOLS.length)));
  }

  get isOver(): boolean {
    return this.turn >= TURNS;
  }

  /** The body of the next request. */
  next(): Record<string, unknown> {
    if (this.turn > 1 && Math.random() < EVENT_SHARE) this.change();
    this.turn += 1;
    this.messages.push({ role: 'user', content: [textOf(this.result())] });
    return {
      model: this.model,
      max_tokens: 32_000,
      stream: true,
      tools: this.tools.map(toolOf),
      system: [
        textOf('You are Claude Code, a careful engineer. '.repeat(40)),
        textOf(`Instructions of the project, version ${this.instructions}. `.repeat(500), true),
      ],
      messages: this.messages.map((message, index) =>
        index === this.messages.length - 1 ? withBreakpoint(message) : message,
      ),
    };
  }

  answered(text: string): void {
    this.messages.push({ role: 'assistant', content: [textOf(text || 'I have seen it.')] });
  }

  /** Without an answer the person sends the message again. */
  failed(): void {
    this.messages.pop();
  }

  private change(): void {
    const change = pick(['tools', 'system', 'model', 'compaction']);
    if (change === 'system') this.instructions += 1;
    else if (change === 'model') this.model = pick(this.member.models);
    else if (change === 'compaction') this.messages.length = 0;
    else this.tools.push(pick(MCP_TOOLS));
  }

  private result(): string {
    const place = this.member.team === 'platform' ? `${pick(PLACES)}\n` : '';
    const leak = Math.random() < LEAK_SHARE ? LEAK : '';
    return `Turn ${this.turn}\n${place}${leak}${LINE.repeat(Math.round(between(15, 220)))}`;
  }
}

/** A conversation whose agent repeats one call. */
export function loopBody(): Record<string, unknown> {
  const messages: Message[] = [{ role: 'user', content: [textOf('Wait until the deployment is ready.')] }];
  for (let index = 0; index < 12; index += 1) {
    const call = { type: 'tool_use', id: `toolu_${index}`, name: 'Bash', input: { command: 'kubectl get pods' } };
    messages.push({ role: 'assistant', content: [call] });
    messages.push({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: `toolu_${index}`, content: 'ledger-api 0/1 Pending' }],
    });
  }
  return { model: 'claude-sonnet-5-5', max_tokens: 2_000, stream: true, tools: [toolOf('Bash')], messages };
}

function textOf(text: string, isBreakpoint = false): object {
  return { type: 'text', text, ...(isBreakpoint && BREAKPOINT) };
}

function withBreakpoint({ role, content }: Message): Message {
  return { role, content: [...content.slice(0, -1), { ...content.at(-1), ...BREAKPOINT }] };
}

function toolOf(name: string): object {
  const description = `${name}: what it does, when to use it, and what its result is. `.repeat(110);
  return { name, description, input_schema: { type: 'object', properties: {} } };
}
