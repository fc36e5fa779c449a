import type { ResponseStream } from '@aws-sdk/client-bedrock-runtime';
import { errorBody, sseEvent } from '@claude-proxy/messages-api';
import { bodyOfBytes, bodyOfChunks, type UpstreamAnswer } from '@claude-proxy/upstream';
import { type BedrockFault, FaultError, faultOf, faultOfBrokenStream, faultOfErrorEvent } from './bedrock-failures.js';
import type { StreamedInvocation } from './bedrock-runtime.js';
import { type AnswerTerms, BedrockAnswerTranslation, eventTypeOf } from './event-stream-to-sse.js';
import type { Lifeline } from './lifeline.js';

type Frame = IteratorResult<ResponseStream>;

/** A complete answer in Anthropic's format. */
export function wholeAnswer(bytes: Uint8Array, terms: AnswerTerms, requestId: string | undefined): UpstreamAnswer {
  const translation = new BedrockAnswerTranslation(terms);
  return {
    status: 200,
    headers: headersOf('application/json', requestId),
    body: bodyOfBytes(translation.json(bytes)),
    measuredUsage: () => translation.measuredUsage(),
  };
}

/**
 * An event stream in Anthropic's format. It is final once the first event is known not to be an error.
 *
 * @throws FaultError, or an error of the SDK, without such an event
 */
export async function streamedAnswer(
  stream: StreamedInvocation,
  terms: AnswerTerms,
  lifeline: Lifeline,
): Promise<UpstreamAnswer> {
  const { requestId } = stream;
  const first = await lifeline.wait(stream.frames.next());
  if (first.done) throw new FaultError(faultOfBrokenStream('before its first event', requestId));
  const bytes = bytesOf(first);
  if (bytes && eventTypeOf(bytes) === 'error') throw new FaultError(faultOfErrorEvent(bytes, requestId));
  const translation = new BedrockAnswerTranslation(terms);
  return {
    status: 200,
    headers: [...headersOf('text/event-stream; charset=utf-8', requestId), 'cache-control', 'no-cache'],
    body: bodyOfChunks(eventsOf(first, stream, translation, lifeline), () => lifeline.cut()),
    measuredUsage: () => translation.measuredUsage(),
  };
}

/** Ends with an `error` event if the answer is incomplete, unless the client has disconnected. */
async function* eventsOf(
  first: Frame,
  { frames, requestId }: StreamedInvocation,
  translation: BedrockAnswerTranslation,
  lifeline: Lifeline,
): AsyncGenerator<Buffer> {
  try {
    for (let frame = first; !frame.done; frame = await lifeline.wait(frames.next())) {
      const bytes = bytesOf(frame);
      const event = bytes && translation.event(bytes);
      if (event) yield event;
    }
    yield* restOf(translation);
    if (!translation.isComplete) yield errorEvent(faultOfBrokenStream('before it was complete', requestId), requestId);
  } catch (error) {
    if (translation.isComplete || lifeline.isReleased) return;
    yield* restOf(translation);
    yield errorEvent(faultOf(lifeline.causeOf(error)), requestId);
  } finally {
    lifeline.cut();
  }
}

function* restOf(translation: BedrockAnswerTranslation): Generator<Buffer> {
  const rest = translation.rest();
  if (rest) yield rest;
}

function bytesOf(frame: Frame): Buffer | undefined {
  const bytes: Uint8Array | undefined = frame.value?.chunk?.bytes;
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function errorEvent({ type, message }: BedrockFault, requestId: string | undefined): Buffer {
  return Buffer.from(sseEvent('error', JSON.stringify(errorBody(type, message, requestId))));
}

function headersOf(contentType: string, requestId: string | undefined): string[] {
  return ['content-type', contentType, ...(requestId ? ['request-id', requestId] : [])];
}
