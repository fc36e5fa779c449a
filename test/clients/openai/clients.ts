import type { Setup, Start, TriedClient } from './tried-client.js';

const AI_SDK = ['ai@7.0.173', '@ai-sdk/openai@4.0.118', '@ai-sdk/openai-compatible@3.0.92', 'zod@4.6.7'];
const GATEWAY = 'https://claude.example.com/v1';

const json = (value: unknown) => JSON.stringify(value, undefined, 2);

/** A script of ours, run with Node in the folder of the installed packages. */
function script(name: string, { program, baseUrl, apiKey, model, prompt, workspace }: Setup): Start {
  return {
    command: process.execPath,
    args: [program(name)],
    environment: { BASE_URL: baseUrl, API_KEY: apiKey, MODEL: model, PROMPT: prompt, WORKSPACE: workspace },
  };
}

/** Codex reads its settings from one file. */
function startCodex({ program, baseUrl, apiKey, model, prompt, home, workspace }: Setup): Start {
  return {
    command: program('codex'),
    args: [
      ...['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'],
      ...['-C', workspace, '-m', model, prompt],
    ],
    environment: { CLAUDE_GATEWAY_KEY: apiKey, CODEX_HOME: `${home}/.codex` },
    files: {
      [`${home}/.codex/config.toml`]: [
        'model_provider = "gateway"',
        '[model_providers.gateway]',
        'name = "Claude"',
        `base_url = "${baseUrl}"`,
        'env_key = "CLAUDE_GATEWAY_KEY"',
        'wire_api = "responses"',
        '',
      ].join('\n'),
    },
  };
}

export const CLIENTS: readonly TriedClient[] = [
  {
    id: 'codex',
    name: 'Codex CLI',
    endpoint: 'responses',
    packages: ['@openai/codex@0.171.0'],
    start: startCodex,
    lines: [
      '# ~/.codex/config.toml',
      'model = "claude-sonnet-5-5"',
      'model_provider = "gateway"',
      '[model_providers.gateway]',
      'name = "Claude"',
      `base_url = "${GATEWAY}"`,
      'env_key = "CLAUDE_GATEWAY_KEY"',
      'wire_api = "responses"',
    ],
  },
  {
    id: 'codex-alias',
    name: 'Codex CLI with an alias',
    model: 'gpt-5.5',
    endpoint: 'responses',
    packages: ['@openai/codex@0.171.0'],
    start: startCodex,
    lines: [
      '# of the gateway: Codex then sends the tools of its own models, apply_patch among them',
      `OPENAI_MODEL_ALIASES='{"gpt-5.5":"sonnet"}'`,
      '# ~/.codex/config.toml, with the provider as above',
      'model = "gpt-5.5"',
    ],
  },
  {
    id: 'opencode',
    name: 'opencode',
    endpoint: 'chat',
    packages: ['opencode-ai@1.18.33'],
    start: ({ program, baseUrl, apiKey, model, prompt, workspace }) => ({
      command: program('opencode'),
      args: ['run', '-m', `gateway/${model}`, prompt],
      environment: { OPENCODE_DISABLE_AUTOUPDATE: 'true', OPENCODE_DISABLE_MODELS_FETCH: 'true' },
      files: {
        [`${workspace}/opencode.json`]: json({
          provider: {
            gateway: {
              npm: '@ai-sdk/openai-compatible',
              options: { baseURL: baseUrl, apiKey },
              models: { [model]: { tool_call: true } },
            },
          },
          permission: 'allow',
        }),
      },
    }),
    lines: [
      '// opencode.json',
      '{ "provider": { "gateway": {',
      '  "npm": "@ai-sdk/openai-compatible",',
      `  "options": { "baseURL": "${GATEWAY}", "apiKey": "{env:CLAUDE_GATEWAY_KEY}" },`,
      '  "models": { "claude-sonnet-5-5": {} } } } }',
    ],
  },
  {
    id: 'cline',
    name: 'Cline CLI',
    endpoint: 'chat',
    packages: ['cline@3.0.65'],
    start: ({ program, baseUrl, apiKey, model, prompt, home, workspace }) => ({
      command: program('cline'),
      args: [
        ...['--json', '-c', workspace, '-P', 'openai-compatible', '-k', apiKey, '-m', model],
        ...['--data-dir', `${home}/.cline/data`, prompt],
      ],
      files: {
        [`${home}/.cline/data/settings/providers.json`]: json({
          version: 1,
          lastUsedProvider: 'openai-compatible',
          providers: {
            'openai-compatible': {
              settings: { provider: 'openai-compatible', apiKey, model, baseUrl },
              updatedAt: '2026-11-27T00:00:00.000Z',
              tokenSource: 'manual',
            },
          },
        }),
      },
    }),
    lines: [
      `cline auth --provider openai-compatible --baseurl ${GATEWAY} --apikey $CLAUDE_GATEWAY_KEY --modelid claude-sonnet-5-5`,
    ],
  },
  {
    id: 'continue',
    name: 'Continue CLI',
    endpoint: 'chat',
    packages: ['@continuedev/cli@1.5.47'],
    start: ({ program, baseUrl, apiKey, model, prompt, home }) => ({
      command: program('cn'),
      args: ['-p', prompt, '--config', `${home}/config.yaml`, '--auto'],
      files: {
        [`${home}/config.yaml`]: [
          'name: gateway',
          'version: 0.0.1',
          'schema: v1',
          'models:',
          '  - name: Claude',
          '    provider: openai',
          `    model: ${model}`,
          `    apiBase: ${baseUrl}`,
          `    apiKey: ${apiKey}`,
          '    roles: [chat, edit]',
          '    capabilities: [tool_use]',
          '',
        ].join('\n'),
      },
    }),
    lines: [
      '# ~/.continue/config.yaml',
      'models:',
      '  - name: Claude',
      '    provider: openai',
      '    model: claude-sonnet-5-5',
      `    apiBase: ${GATEWAY}`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: how Continue writes a secret.
      '    apiKey: ${{ secrets.CLAUDE_GATEWAY_KEY }}',
    ],
  },
  {
    id: 'qwen',
    name: 'Qwen Code',
    endpoint: 'chat',
    packages: ['@qwen-code/qwen-code@0.24.4'],
    start: ({ program, baseUrl, apiKey, model, prompt }) => ({
      command: program('qwen'),
      args: ['-p', prompt, '--yolo', '--auth-type', 'openai', '-m', model],
      environment: { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey, OPENAI_MODEL: model },
    }),
    lines: [`export OPENAI_BASE_URL=${GATEWAY} OPENAI_API_KEY=$CLAUDE_GATEWAY_KEY OPENAI_MODEL=claude-sonnet-5-5`],
  },
  {
    id: 'pi',
    name: 'pi',
    endpoint: 'chat',
    packages: ['@mariozechner/pi-coding-agent@0.73.1'],
    start: ({ program, baseUrl, apiKey, model, prompt, home }) => ({
      command: program('pi'),
      args: ['-p', '--offline', '--provider', 'gateway', '--model', model, prompt],
      files: {
        [`${home}/.pi/agent/models.json`]: json({
          providers: { gateway: { baseUrl, apiKey, api: 'openai-completions', models: [{ id: model }] } },
        }),
      },
    }),
    lines: [
      '// ~/.pi/agent/models.json',
      '{ "providers": { "gateway": {',
      `  "baseUrl": "${GATEWAY}", "apiKey": "CLAUDE_GATEWAY_KEY", "api": "openai-completions",`,
      '  "models": [{ "id": "claude-sonnet-5-5" }] } } }',
    ],
  },
  {
    id: 'agents',
    name: 'OpenAI Agents SDK',
    endpoint: 'responses',
    packages: ['@openai/agents@0.20.0', 'openai@7.55.0', 'zod@4.6.7'],
    start: (setup) => script('openai-agents.mjs', setup),
    lines: [`setDefaultOpenAIClient(new OpenAI({ baseURL: '${GATEWAY}', apiKey }));`, 'setTracingDisabled(true);'],
  },
  {
    id: 'ai-sdk',
    name: 'AI SDK, default provider',
    endpoint: 'responses',
    packages: ['@ai-sdk/openai@4.0.118', ...AI_SDK.filter((each) => !each.startsWith('@ai-sdk/openai@'))],
    start: (setup) => script('ai-sdk-default.mjs', setup),
    lines: [`const openai = createOpenAI({ baseURL: '${GATEWAY}', apiKey });`, "openai('claude-sonnet-5-5');"],
  },
  {
    id: 'ai-sdk-compatible',
    name: 'AI SDK, compatible provider',
    endpoint: 'chat',
    packages: ['@ai-sdk/openai-compatible@3.0.92', ...AI_SDK.filter((each) => !each.includes('compatible'))],
    start: (setup) => script('ai-sdk-compatible.mjs', setup),
    lines: [`const claude = createOpenAICompatible({ name: 'claude', baseURL: '${GATEWAY}', apiKey });`],
  },
  {
    id: 'langchain',
    name: 'LangChain',
    endpoint: 'chat',
    packages: ['@langchain/openai@1.6.0', '@langchain/core@1.4.0', 'zod@4.6.7'],
    start: (setup) => script('langchain.mjs', setup),
    lines: [`new ChatOpenAI({ model: 'claude-sonnet-5-5', apiKey, configuration: { baseURL: '${GATEWAY}' } });`],
  },
];
