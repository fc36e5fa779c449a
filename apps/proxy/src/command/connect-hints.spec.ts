import { describe, expect, it } from '@jest/globals';
import { connectHints } from './connect-hints.js';

const URL = 'http://127.0.0.1:8080';

describe('connectHints', () => {
  it('tells each kind of client its URL', () => {
    const hints = connectHints(URL, true, true);
    expect(hints).toContain(`ANTHROPIC_BASE_URL=${URL}/user/YOUR_NAME claude`);
    expect(hints).toContain(`${URL}/user/YOUR_NAME/v1, key any-key`);
    expect(hints).not.toContain('No ANTHROPIC_API_KEY');
    expect(hints).not.toContain('Bedrock');
  });

  it('tells what is missing, and what that means', () => {
    const hints = connectHints(URL, false, false);
    expect(hints).toContain('key YOUR_ANTHROPIC_API_KEY');
    expect(hints).toContain('No ANTHROPIC_API_KEY is set: every client has to bring its own key');
    expect(hints).toContain('Bedrock is not available as a fallback');
  });
});
