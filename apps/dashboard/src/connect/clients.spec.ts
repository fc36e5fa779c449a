import { describe, expect, it } from '@jest/globals';
import { clientsOf, teamInstruction } from './clients.js';

const TITLES = { settingsFile: 'file', shell: 'shell', typescript: 'ts', python: 'py' };
const clients = clientsOf({ baseUrl: 'https://gw.example/user/alice', isKeyShared: false }, TITLES);

describe('clientsOf', () => {
  it('has a tab for each client, and each has lines to copy that name the address', () => {
    expect(clients.map(({ id }) => id)).toEqual([
      'claude-code',
      'anthropic-sdk',
      'openai-sdk',
      'codex',
      'opencode',
      'cline',
      'ai-sdk',
      'langchain',
      'continue',
      'cursor',
      'curl',
    ]);
    for (const { snippets } of clients) {
      expect(snippets.length).toBeGreaterThan(0);
      for (const { text } of snippets) expect(text).toContain('https://gw.example/user/alice');
    }
  });
});

describe('teamInstruction', () => {
  const words = { hello: 'Hello', steps: ['Save', 'Name', 'Start'], name: 'YOUR-NAME' };

  it('is a message with a file to save, and a place for the name', () => {
    const text = teamInstruction('https://gw.example', false, words);
    expect(text).toContain('"ANTHROPIC_BASE_URL": "https://gw.example/user/YOUR-NAME"');
    expect(text).toMatch(/^Hello\n\n1\. Save\n[\s\S]*\n2\. Name\n3\. Start$/);
    expect(text).not.toContain('any-key');
    expect(teamInstruction('https://gw.example', true, words)).toContain('any-key');
  });
});
