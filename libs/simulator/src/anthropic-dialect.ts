import { type ErrorType, errorBody, PING_EVENT, sseEvent } from '@claude-proxy/messages-api';
import type { Failure } from './behaviours.js';
import type { Dialect } from './dialect.js';
import type { RecordedRequest } from './http-recording.js';
import {
  composeMessage,
  messageBody,
  messageEvents,
  type SimulatedMessage,
  type StreamEvent,
} from './message-events.js';

/** Blanks before the last brace of each event's JSON, in turn: the real service pads its events to odd lengths. */
const PADDING_LENGTHS = [3, 2, 0, 11, 5, 0, 8, 1];
const RATE_LIMITS = { requests: 4000, tokens: 2_400_000, 'input-tokens': 2_000_000, 'output-tokens': 400_000 };
const GARBAGE = Buffer.concat([
  Buffer.from('event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"te\n\n'),
  Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0a, 0x0a]),
]);

/** The wire format of api.anthropic.com: JSON, and server-sent events with pings. */
export const ANTHROPIC_DIALECT: Dialect = {
  streamContentType: 'text/event-stream; charset=utf-8',
  garbage: GARBAGE,
  headers: (requestId) => ({
    'request-id': requestId,
    'anthropic-organization-id': '5f1d4f6e-7a0b-4c1c-9d55-51a0a7e0c0de',
  }),
  answerHeaders: (message) => rateLimitHeaders(message),
  isStream: (recorded) => recorded.json?.stream === true,
  compose: (options, recorded) => composeMessage(options, factsOf(recorded)),
  body: (message) => messageBody(message),
  frames: sseFrames,
  failureBody: anthropicErrorBody,
  failureHeaders: () => ({}),
  failureFrame: (failure, requestId) =>
    Buffer.from(sseEvent('error', JSON.stringify(anthropicErrorBody(failure, requestId)))),
};

function factsOf(recorded: RecordedRequest) {
  return {
    model: recorded.model ?? 'claude-sonnet-5-5',
    greeting: 'Hello from Anthropic.',
    bodyBytes: recorded.bodyBytes,
    hasCacheControl: recorded.body.includes('"cache_control"'),
    messageIdPrefix: 'msg_01',
    serviceUsage: { service_tier: 'standard', inference_geo: 'global' },
    asksForVerdict: Array.isArray(recorded.json?.safeguards),
  };
}

function* sseFrames(message: SimulatedMessage): Generator<Buffer> {
  let eventsWritten = 0;
  let hasPinged = false;
  for (const event of messageEvents(message)) {
    yield Buffer.from(sseEvent(event.type, padded(event, eventsWritten)));
    eventsWritten += 1;
    if (event.type === 'content_block_start' && !hasPinged) {
      hasPinged = true;
      yield Buffer.from(PING_EVENT);
    }
  }
}

function padded(event: StreamEvent, index: number): string {
  const blanks = ' '.repeat(PADDING_LENGTHS[index % PADDING_LENGTHS.length] ?? 0);
  return `${JSON.stringify(event).slice(0, -1)}${blanks}}`;
}

function anthropicErrorBody({ name, message, fields }: Failure, requestId: string) {
  return errorBody(name as ErrorType, message, requestId, fields);
}

function rateLimitHeaders({ usage }: SimulatedMessage): Record<string, string> {
  const reset = `${new Date().toISOString().slice(0, 19)}Z`;
  const spent: Record<string, number> = {
    requests: 1,
    tokens: (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0),
    'input-tokens': usage.input_tokens ?? 0,
    'output-tokens': usage.output_tokens ?? 0,
  };
  const headers: Record<string, string> = {};
  for (const [limit, total] of Object.entries(RATE_LIMITS)) {
    headers[`anthropic-ratelimit-${limit}-limit`] = String(total);
    headers[`anthropic-ratelimit-${limit}-remaining`] = String(remaining(limit, total, spent[limit] ?? 0));
    headers[`anthropic-ratelimit-${limit}-reset`] = reset;
  }
  return headers;
}

/** The service reports remaining tokens in whole thousands. */
function remaining(limit: string, total: number, spent: number): number {
  return limit === 'requests' ? total - spent : Math.max(0, Math.floor((total - spent) / 1000) * 1000);
}
