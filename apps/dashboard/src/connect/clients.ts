import { openAiSnippets } from './openai-snippets.js';
import { type Connection, curl, python, settingsFile, shell, typescript } from './snippets.js';

interface Snippet {
  readonly title: string;
  readonly text: string;
}

export interface Client {
  readonly id: string;
  readonly name: string;
  readonly snippets: readonly Snippet[];
}

interface Titles {
  readonly settingsFile: string;
  readonly shell: string;
  readonly typescript: string;
  readonly python: string;
}

/** A tab per client, in the order of their use. */
export function clientsOf(connection: Connection, titles: Titles): readonly Client[] {
  const ofOpenAi = openAiSnippets(connection);
  const named = (part: string) => ofOpenAi.filter(({ title }) => title.includes(part));
  const tabs = ['Codex', 'opencode', 'Cline', 'AI SDK', 'LangChain', 'Continue', 'Cursor'];
  return [
    {
      id: 'claude-code',
      name: 'Claude Code',
      snippets: [
        { title: titles.settingsFile, text: settingsFile(connection) },
        { title: titles.shell, text: shell(connection) },
      ],
    },
    {
      id: 'anthropic-sdk',
      name: 'Anthropic SDK',
      snippets: [
        { title: titles.typescript, text: typescript(connection) },
        { title: titles.python, text: python(connection) },
      ],
    },
    { id: 'openai-sdk', name: 'OpenAI SDK', snippets: named('OpenAI SDK') },
    ...tabs.map((name) => ({ id: name.toLowerCase().replace(' ', '-'), name, snippets: named(name) })),
    { id: 'curl', name: 'curl', snippets: [{ title: 'curl', text: curl(connection) }] },
  ];
}

interface TeamWords {
  readonly hello: string;
  readonly steps: readonly string[];
  readonly name: string;
}

/** A message for a team: each reader puts a name of his own into the address. */
export function teamInstruction(gatewayAddress: string, isKeyShared: boolean, words: TeamWords): string {
  const address = `${gatewayAddress}/user/${words.name}`;
  const env = { ANTHROPIC_BASE_URL: address, ...(isKeyShared && { ANTHROPIC_AUTH_TOKEN: 'any-key' }) };
  const [first, second, third] = words.steps;
  return [
    words.hello,
    '',
    `1. ${first}`,
    '',
    ...JSON.stringify({ env }, null, 2)
      .split('\n')
      .map((line) => `   ${line}`),
    '',
    `2. ${second}`,
    `3. ${third}`,
  ].join('\n');
}
