import type { JsonView } from '@claude-proxy/messages-api';
import { bodyOfBytes, type UpstreamAnswer } from '@claude-proxy/upstream';

const BASE_ID_AT_END = /anthropic\.[\w.:-]+$/;
/**
 * InvokeModel requires `max_tokens`, above the budget of thinking; a request for a count has none. It does not change
 * the count. All models of the table allow this value.
 */
const MAX_TOKENS = 32_000;
const OBJECT_START = 0x7b;

/** CountTokens takes base ids only, and no inference profile. Undefined if the id of the model contains none. */
export function countingIdOf(modelId: string): string | undefined {
  return BASE_ID_AT_END.exec(modelId)?.[0];
}

/** The InvokeModel body whose tokens are counted. */
export function countedBody(sent: Buffer, request: JsonView): Buffer {
  if (request.has('max_tokens')) return sent;
  const start = sent.indexOf(OBJECT_START) + 1;
  return Buffer.concat([Buffer.from(`{"max_tokens":${MAX_TOKENS},`), sent.subarray(start)]);
}

/** A count in the format of the Messages API. */
export function countAnswer(inputTokens: number, requestId: string | undefined): UpstreamAnswer {
  return {
    status: 200,
    headers: ['content-type', 'application/json', ...(requestId ? ['request-id', requestId] : [])],
    body: bodyOfBytes(JSON.stringify({ input_tokens: inputTokens })),
  };
}
