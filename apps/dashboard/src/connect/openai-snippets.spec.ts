import { describe, expect, it } from '@jest/globals';
import { openAiSnippets } from './openai-snippets.js';

const snippets = (isKeyShared: boolean) =>
  openAiSnippets({ baseUrl: 'https://claude.example.com/user/alice', isKeyShared });

describe('the lines of tools that speak OpenAI', () => {
  it('name the address of the user with /v1', () => {
    for (const { text } of snippets(false)) expect(text).toContain('https://claude.example.com/user/alice/v1');
  });

  it('need a key only where the gateway has none', () => {
    for (const { text } of snippets(false)) expect(text).toMatch(/CLAUDE_GATEWAY_KEY|your key/);
    const [codex, ...others] = snippets(true);
    expect(codex!.text).toContain('env_key = "CLAUDE_GATEWAY_KEY"');
    for (const { text } of others) expect(text).toContain('any-key');
  });

  it('give opencode a file that it can parse', () => {
    const [, opencode] = snippets(true);
    expect(JSON.parse(opencode!.text)).toHaveProperty('provider.gateway.options.apiKey', 'any-key');
  });
});
