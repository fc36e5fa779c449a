import type { ContentOptions } from './answer-options.js';
import type { Failure } from './behaviours.js';
import type { RecordedRequest } from './http-recording.js';
import type { SimulatedMessage } from './message-events.js';

/** The service-specific rendering of answers, refusals and frames. */
export interface Dialect {
  readonly streamContentType: string;
  /** Bytes that the clients of this service cannot parse as a frame. */
  readonly garbage: Buffer;
  headers(requestId: string): Record<string, string>;
  answerHeaders(message: SimulatedMessage): Record<string, string>;
  isStream(recorded: RecordedRequest): boolean;
  compose(options: ContentOptions, recorded: RecordedRequest): SimulatedMessage;
  body(message: SimulatedMessage): unknown;
  frames(message: SimulatedMessage): Iterable<Buffer>;
  failureBody(failure: Failure, requestId: string): unknown;
  failureHeaders(failure: Failure): Record<string, string>;
  failureFrame(failure: Failure, requestId: string): Buffer;
}
