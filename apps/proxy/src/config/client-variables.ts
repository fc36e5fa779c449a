import type { Environment } from './read-config.js';

/** Variables that clients read, each with the one by which the gateway is given the same. */
const COUNTERPARTS = {
  ANTHROPIC_BASE_URL: 'ANTHROPIC_UPSTREAM_URL',
  ANTHROPIC_BEDROCK_BASE_URL: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
} as const;

/** A sentence for each variable that is set in the gateway's environment and has an effect on clients only. */
export function clientVariables(environment: Environment): string[] {
  return Object.entries(COUNTERPARTS)
    .filter(([name]) => environment[name]?.trim())
    .map(
      ([name, counterpart]) =>
        `${name} is for clients, and the gateway ignores it. Set ${counterpart} to change where the gateway sends requests`,
    );
}
