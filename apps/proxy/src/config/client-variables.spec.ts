import { describe, expect, it } from '@jest/globals';
import { clientVariables } from './client-variables.js';

describe('clientVariables', () => {
  it.each([
    ['ANTHROPIC_BASE_URL', 'ANTHROPIC_UPSTREAM_URL'],
    ['ANTHROPIC_BEDROCK_BASE_URL', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'],
  ])('names for %s the variable that the gateway reads', (name, counterpart) => {
    expect(clientVariables({ [name]: 'https://example.com' })).toEqual([
      `${name} is for clients, and the gateway ignores it. Set ${counterpart} to change where the gateway sends requests`,
    ]);
  });

  it.each([{}, { ANTHROPIC_BASE_URL: '' }, { ANTHROPIC_BASE_URL: ' ' }, { ANTHROPIC_UPSTREAM_URL: 'https://a' }])(
    'reports nothing for %j',
    (environment) => {
      expect(clientVariables(environment)).toEqual([]);
    },
  );
});
