import { BETA_POLICIES } from './beta-policies.js';
import { FIELD_POLICIES, type Policy } from './field-policies.js';

const WORDS: Readonly<Record<Policy, string>> = {
  passed: 'passed',
  translated: 'translated',
  left_out: 'left out',
  forbids: 'forbids the fallback',
};

/** The text of `docs/bedrock.md`. */
export function policyPage(): string {
  const fields = FIELD_POLICIES.map(({ field, policy, note }) => [codeOf(field), WORDS[policy], note]);
  const betas = BETA_POLICIES.map(({ beta, policy, note }) => [codeOf(beta), WORDS[policy], note]);
  return `# What a request keeps on AWS Bedrock

A request that falls back to AWS Bedrock consists of the caller's bytes with spans removed and inserted: numbers, escapes
and the order of keys stay as they are. This page says what becomes of each field and each beta. It is generated from
the code by \`npm run docs:bedrock\`.

- **passed**: sent as it came.
- **translated**: sent as what means the same on Bedrock.
- **left out**: not sent. The answer's header \`x-claude-proxy-dropped\` and the request log name it. The header is
  missing on a stream whose head went out before Bedrock was asked.
- **forbids the fallback**: the answer would mean something else, so the caller gets Anthropic's answer.

A field or beta that is not on this page is passed. If Bedrock refuses it, the same request is sent again without it,
and requests of the same shape to that model leave it out for a day, in all tasks.

## Fields

${tableOf('field', fields)}

## Betas

${tableOf('beta', betas)}
`;
}

function tableOf(subject: string, rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [`| ${subject} | on Bedrock | how, or why |`, '|---|---|---|', ...lines].join('\n');
}

/** Rows with several fields contain their own code marks. */
function codeOf(name: string): string {
  return name.includes(' ') || name.includes('`') ? name : `\`${name}\``;
}
