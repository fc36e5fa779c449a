import type { SessionRequest } from '@claude-proxy/admin-api';

type Prompt = Pick<SessionRequest, 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens'>;

/** More bars are narrower than a pixel. */
const MAX_BARS = 240;

/** The whole prompt: what was read from the cache, written to it, and neither. */
export function promptTokensOf({ input_tokens, cache_creation_input_tokens, cache_read_input_tokens }: Prompt): number {
  return input_tokens + cache_creation_input_tokens + cache_read_input_tokens;
}

/** Null without a prompt. */
export function cachedShareOf(prompt: Prompt): number | null {
  const all = promptTokensOf(prompt);
  return all === 0 ? null : prompt.cache_read_input_tokens / all;
}

/** The requests of the main conversation that were answered, oldest first. All of them where prompts are not compared. */
export function mainRequestsOf(items: readonly SessionRequest[]): readonly SessionRequest[] {
  const answered = items.filter((item) => promptTokensOf(item) > 0);
  const main = answered.filter(({ prompt_cache }) => prompt_cache?.role === 'main');
  return main.length > 0 ? main : answered;
}

/** At most 240 requests: of each group the one with a cache break, else the largest. A context is a level, not a sum. */
export function barsOf(requests: readonly SessionRequest[]): readonly SessionRequest[] {
  const size = Math.ceil(requests.length / MAX_BARS);
  if (size <= 1) return requests;
  return Array.from({ length: Math.ceil(requests.length / size) }, (_, group) => {
    const members = requests.slice(group * size, (group + 1) * size);
    const broken = members.find(({ prompt_cache }) => prompt_cache?.cache_break);
    return broken ?? members.reduce((most, each) => (promptTokensOf(each) > promptTokensOf(most) ? each : most));
  });
}
