import { createInterface } from 'node:readline';

/** An MCP server on standard input and output. The argument is its number of tools; one has a very long name. */
const count = Number(process.argv[2] ?? 120);
const LONG_NAME = 'list_all_comments_of_a_pull_request_together_with_their_threads';
const names = [LONG_NAME, ...Array.from({ length: count - 1 }, (_, index) => `look_up_${index}`)];
const tools = names.map((name) => ({
  name,
  description: `Looks something up. [mcp__many__${name}]`,
  inputSchema: { type: 'object', properties: { what: { type: 'string' } }, required: ['what'] },
}));

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'many', version: '1.0.0' },
  }),
  'tools/list': () => ({ tools }),
  'tools/call': ({ name, arguments: { what } }) => ({ content: [{ type: 'text', text: `${name} found ${what}` }] }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = answers[method];
  const outcome = answer ? { result: answer(params) } : { error: { code: -32601, message: `no method ${method}` } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...outcome })}\n`);
}
