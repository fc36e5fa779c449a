import type { Failure } from './behaviours.js';
import type { Dialect } from './dialect.js';
import { chunkFrame, exceptionFrame } from './event-stream-frames.js';
import type { RecordedRequest } from './http-recording.js';
import { composeMessage, messageBody, messageEvents, type SimulatedMessage } from './message-events.js';

const INVOCATION_LATENCY_MS = 842;
const FIRST_BYTE_LATENCY_MS = 311;

/** The wire format of bedrock-runtime's InvokeModel: JSON, or binary event-stream frames without pings. */
export const BEDROCK_DIALECT: Dialect = {
  streamContentType: 'application/vnd.amazon.eventstream',
  garbage: Buffer.alloc(64, 0x2a),
  headers: (requestId) => ({ 'x-amzn-requestid': requestId }),
  answerHeaders: ({ usage }) => ({
    'x-amzn-bedrock-input-token-count': String(usage.input_tokens ?? 0),
    'x-amzn-bedrock-output-token-count': String(usage.output_tokens ?? 0),
    'x-amzn-bedrock-invocation-latency': String(INVOCATION_LATENCY_MS),
  }),
  isStream: (recorded) => recorded.pathname.endsWith('/invoke-with-response-stream'),
  compose: (options, recorded) => composeMessage(options, factsOf(recorded)),
  body: (message) => messageBody(message),
  frames: chunkFrames,
  failureBody: exceptionBody,
  failureHeaders: ({ name }) => ({ 'x-amzn-errortype': name }),
  failureFrame: (failure) => exceptionFrame(failure.name, exceptionBody(failure)),
};

/** Bedrock's short name of a model, without geography, vendor and version suffix. */
function shortModelName(modelId: string): string {
  const lastPart = modelId.slice(modelId.lastIndexOf('/') + 1);
  const name = /anthropic\.(.+)$/.exec(lastPart)?.[1];
  return name === undefined ? 'claude-sonnet-5-5' : name.replace(/-v\d+(:\d+)?$/, '');
}

function factsOf(recorded: RecordedRequest) {
  return {
    model: shortModelName(recorded.model ?? ''),
    greeting: 'Hello from Bedrock.',
    bodyBytes: recorded.bodyBytes,
    hasCacheControl: recorded.body.includes('"cache_control"'),
    messageIdPrefix: 'msg_bdrk_01',
    serviceUsage: {},
    asksForVerdict: Array.isArray(recorded.json?.safeguards),
  };
}

function* chunkFrames(message: SimulatedMessage): Generator<Buffer> {
  let index = 0;
  for (const event of messageEvents(message)) {
    const isLast = event.type === 'message_stop';
    yield chunkFrame(isLast ? { ...event, 'amazon-bedrock-invocationMetrics': metricsOf(message) } : event, index);
    index += 1;
  }
}

function metricsOf({ usage }: SimulatedMessage): Record<string, number> {
  return {
    inputTokenCount: usage.input_tokens ?? 0,
    outputTokenCount: usage.output_tokens ?? 0,
    invocationLatency: INVOCATION_LATENCY_MS,
    firstByteLatency: FIRST_BYTE_LATENCY_MS,
    cacheReadInputTokenCount: usage.cache_read_input_tokens ?? 0,
    cacheWriteInputTokenCount: usage.cache_creation_input_tokens ?? 0,
  };
}

function exceptionBody({ message, fields }: Failure): Record<string, unknown> {
  return { message, ...fields };
}
