import { ENDPOINT_RULES } from './endpoint-rules.js';
import { FINAL_RULES } from './final-rules.js';
import { ITEM_RULES, type KindRule, MEMBER_RULES, PART_RULES, TOOL_RULES } from './request-rules.js';

const WORDS = { taken: 'taken', left_out: 'left out', refused: 'refused' } as const;

/** The text of `docs/openai.md`. */
export function rulesPage(): string {
  const members = MEMBER_RULES.map(({ name, fate, note }) => [`\`${name}\``, WORDS[fate], note]);
  return `# What becomes of a request in OpenAI's form

\`POST /v1/chat/completions\` and \`POST /v1/responses\` are translated into the Messages API, and back. Each endpoint
takes the forms of both, since some clients mix them. This page is generated from the code by \`npm run docs:openai\`.

- **taken**: Claude gets what means the same.
- **left out**: Claude cannot take it, and the answer is still an answer to what was asked. The header
  \`x-claude-proxy-dropped\` names it by its place: \`tools[2]:web_search\`, \`messages[0].content[1]:input_audio\`.
- **refused**: the answer would mean something else. The caller gets 400 with the place in \`param\`.

What is not on this page is left out and named.

## Members

${tableOf(['member', 'is', 'how, or why'], members)}

## Items of \`input\`, by type

${tableOf(['item', 'is', 'how, or why'], rowsOf(ITEM_RULES))}

## Parts of a content, by type

A note takes the place of a part that is left out, so that Claude can say what is missing.

${tableOf(['part', 'is', 'how, or why'], rowsOf(PART_RULES))}

## Tools, by type

${tableOf(['tool', 'is', 'how, or why'], rowsOf(TOOL_RULES))}

## Endpoints that are not served

Their callers get 404 with the reason.

${tableOf(
  ['endpoint', 'because'],
  ENDPOINT_RULES.map(({ paths, reason }) => [paths.map((path) => `\`${path}\``).join(', '), reason]),
)}

## The last look

What Claude would refuse is mended before the body leaves.

${tableOf(
  ['Claude refuses', 'instead'],
  FINAL_RULES.map(({ refused, instead }) => [refused, instead]),
)}
`;
}

function rowsOf(rules: readonly KindRule[]): string[][] {
  return rules.map(({ kind, fate, note }) => [`\`${kind}\``, WORDS[fate], note]);
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n').replace(/^\| --- .*$/m, (line) => line.replaceAll(' ', ''));
}
