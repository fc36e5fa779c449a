import { countOf, type Usage } from '@claude-proxy/messages-api';

/** The usage of the same answer, if so many more tokens had been read from the cache: first those that were written to it. */
export function usageWithoutLoss(usage: Usage, lostTokens: number): Usage {
  const written = countOf(usage.cache_creation_input_tokens);
  const fromWritten = Math.min(written, lostTokens);
  const fromInput = Math.min(countOf(usage.input_tokens), lostTokens - fromWritten);
  const creation = usage.cache_creation;
  const fiveMinutes = countOf(creation?.ephemeral_5m_input_tokens);
  const fromFiveMinutes = Math.min(fiveMinutes, fromWritten);
  return {
    ...usage,
    input_tokens: countOf(usage.input_tokens) - fromInput,
    cache_creation_input_tokens: written - fromWritten,
    cache_read_input_tokens: countOf(usage.cache_read_input_tokens) + fromWritten + fromInput,
    ...(creation && {
      cache_creation: {
        ephemeral_5m_input_tokens: fiveMinutes - fromFiveMinutes,
        ephemeral_1h_input_tokens: Math.max(
          0,
          countOf(creation.ephemeral_1h_input_tokens) - (fromWritten - fromFiveMinutes),
        ),
      },
    }),
  };
}
