import type { Connection } from './snippets.js';

const PLACEHOLDER = 'any-key';
const MODEL = 'claude-sonnet-5-5';
/** Most clients read the key from this variable. */
const KEY = 'CLAUDE_GATEWAY_KEY';

interface Snippet {
  readonly title: string;
  readonly text: string;
}

/** The lines of tools that speak OpenAI's API. `docs/clients.md` says which versions were tried. */
export function openAiSnippets({ baseUrl, isKeyShared }: Connection): readonly Snippet[] {
  const url = `${baseUrl}/v1`;
  const key = isKeyShared ? PLACEHOLDER : `$${KEY}`;
  return [
    { title: 'Codex CLI: ~/.codex/config.toml', text: codex(url) },
    { title: 'opencode: opencode.json', text: opencode(url, isKeyShared) },
    {
      title: 'Cline',
      text: `cline auth --provider openai-compatible \\\n  --baseurl ${url} \\\n  --apikey ${key} --modelid ${MODEL}`,
    },
    { title: 'Continue: ~/.continue/config.yaml', text: continueYaml(url, isKeyShared) },
    {
      title: 'Cursor: Settings, Models',
      text: `Override OpenAI Base URL: ${url}\nOpenAI API Key: ${isKeyShared ? PLACEHOLDER : 'your key'}\nAdd model: ${MODEL}`,
    },
    { title: 'AI SDK', text: aiSdk(url, isKeyShared) },
    { title: 'LangChain', text: langChain(url, isKeyShared) },
    {
      title: 'OpenAI SDK, Qwen Code, others',
      text: `export OPENAI_BASE_URL=${url}\nexport OPENAI_API_KEY=${key}\nexport OPENAI_MODEL=${MODEL}`,
    },
  ];
}

function codex(url: string): string {
  return `# export ${KEY}=...
model = "${MODEL}"
model_provider = "gateway"

[model_providers.gateway]
name = "Claude"
base_url = "${url}"
env_key = "${KEY}"
wire_api = "responses"`;
}

function opencode(url: string, isKeyShared: boolean): string {
  const apiKey = isKeyShared ? PLACEHOLDER : `{env:${KEY}}`;
  const gateway = {
    npm: '@ai-sdk/openai-compatible',
    options: { baseURL: url, apiKey },
    models: { [MODEL]: {} },
  };
  return JSON.stringify({ provider: { gateway } }, null, 2);
}

function continueYaml(url: string, isKeyShared: boolean): string {
  return `models:
  - name: Claude
    provider: openai
    model: ${MODEL}
    apiBase: ${url}
    apiKey: ${isKeyShared ? PLACEHOLDER : `\${{ secrets.${KEY} }}`}
    capabilities: [tool_use]`;
}

function aiSdk(url: string, isKeyShared: boolean): string {
  return `import { createOpenAI } from '@ai-sdk/openai';

const openai = createOpenAI({
  baseURL: '${url}',
  apiKey: ${keyInCode(isKeyShared)},
});

const model = openai('${MODEL}');`;
}

function langChain(url: string, isKeyShared: boolean): string {
  return `import { ChatOpenAI } from '@langchain/openai';

const model = new ChatOpenAI({
  model: '${MODEL}',
  apiKey: ${keyInCode(isKeyShared)},
  configuration: { baseURL: '${url}' },
});`;
}

function keyInCode(isKeyShared: boolean): string {
  return isKeyShared ? `'${PLACEHOLDER}'` : `process.env.${KEY}`;
}
