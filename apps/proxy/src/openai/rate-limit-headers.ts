import { type HeaderLines, headerOf } from '@claude-proxy/upstream';

/** OpenAI counts requests and tokens; Anthropic's `tokens` is the tightest of its limits of tokens. */
const FAMILIES: readonly (readonly [openAi: string, anthropic: readonly string[]])[] = [
  ['requests', ['requests']],
  ['tokens', ['tokens', 'input-tokens']],
];

/** Anthropic's limits under the names that OpenAI's clients read. */
export function rateLimitHeaders(headers: HeaderLines, nowMs = Date.now()): string[] {
  return FAMILIES.flatMap(([name, families]) => {
    const limitOf = (member: string) =>
      families.map((family) => headerOf(headers, `anthropic-ratelimit-${family}-${member}`)).find(Boolean);
    const reset = limitOf('reset');
    return [
      ...line(`x-ratelimit-limit-${name}`, limitOf('limit')),
      ...line(`x-ratelimit-remaining-${name}`, limitOf('remaining')),
      ...line(`x-ratelimit-reset-${name}`, reset === undefined ? undefined : untilReset(reset, nowMs)),
    ];
  });
}

function line(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

/** How OpenAI writes a time to wait: `6m0s`, `1s`, `20ms`. Undefined for what is not a time. */
function untilReset(reset: string, nowMs: number): string | undefined {
  const waitMs = Math.max(0, Date.parse(reset) - nowMs);
  if (Number.isNaN(waitMs)) return undefined;
  if (waitMs < 1_000) return `${waitMs}ms`;
  const seconds = Math.ceil(waitMs / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
