import type { Played, Way } from './played-session.js';
import type { TriedClient } from './tried-client.js';

export interface Tried {
  readonly client: TriedClient;
  readonly version: string;
  readonly played: Readonly<Record<Way, Played>>;
}

/** The text of `docs/clients.md`. */
export function clientsPage(tried: readonly Tried[], day: string): string {
  const rows = tried.map(({ client, version, played }) => {
    const { name, endpoint } = client;
    return `| ${name} | ${version} | \`/v1/${endpoint === 'chat' ? 'chat/completions' : 'responses'}\` | ${wordOf(played.anthropic)} | ${wordOf(played.drill)} |`;
  });
  const setups = tried.map(({ client }) => `### ${client.name}\n\n\`\`\`\n${client.lines.join('\n')}\n\`\`\``);
  return `# Clients of OpenAI's API

Tools that speak OpenAI's API work with Claude through this gateway as they come. What becomes of the members, tools and
items that Claude does not have is in [openai.md](openai.md).

\`npm run try:clients\` installs each client in a cache outside of the project and plays a whole loop of tools with it:
two calls at once (read a file, run a command), a file to write, and the last word, once with a simulated Anthropic and
once in a drill, where Bedrock answers. \`--only codex\` plays one, \`--latest\` the newest versions, \`--write\` writes
this page. Played on ${day}:

| client | version | endpoint | Anthropic answers | drill: Bedrock answers |
|---|---|---|---|---|
${rows.join('\n')}

## Lines to write

The key is the caller's key for Anthropic, or a client key of this gateway. \`/user/NAME/v1\` in place of \`/v1\` names the
user. Models: \`GET /v1/models\`.

${setups.join('\n\n')}

### Cursor

Settings, Models: "Override OpenAI Base URL" = the address of the gateway with \`/v1\`, "OpenAI API Key" = the key, and add
\`claude-sonnet-5-5\` as a model. Cursor's servers send the requests, so that the gateway needs a public address with HTTPS.

## Models with fixed names

\`OPENAI_MODEL_ALIASES='{"gpt-5":"sonnet","gpt-5-mini":"haiku"}'\` gives models the names that a client insists on. Codex
sends its patch tool as a free text for the models that it knows; that works too.

## Good to know

- The AI SDK's default provider names the text of earlier steps by reference, which is left out here. With
  \`providerOptions: { openai: { store: false } }\`, or \`openai.chat('claude-sonnet-5-5')\`, it sends the text itself.
  Thinking comes back in the next step with \`store: false, forceReasoning: true\`.
- Chat clients that return \`reasoning_details\` keep Claude's thinking through a loop of tools.
- Prompt caching of loops needs no setting (\`OPENAI_AUTO_CACHE\`). A loop of ten rounds reads 88 % of its input from the
  cache (\`test/openai/caching.test.ts\`), at a twentieth to a tenth of the price.
`;
}

function wordOf({ faults }: Played): string {
  return faults.length === 0 ? 'works' : `fails: ${faults[0]!.slice(0, 80)}`;
}
