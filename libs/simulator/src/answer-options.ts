import type { AnswerUsage } from './answer-usage.js';

/** A tool call in the answer. */
export interface ToolUse {
  readonly name: string;
  readonly input?: Record<string, unknown>;
  readonly id?: string;
}

/** The content of an answer. Missing options are derived from the request. */
export interface ContentOptions {
  /** Default: the simulator's greeting, or no text if the answer uses a tool. */
  readonly text?: string;
  /** An empty string is thinking with its display omitted: a block with only a signature. */
  readonly thinking?: string;
  readonly toolUse?: ToolUse | readonly ToolUse[];
  readonly usage?: AnswerUsage;
  readonly stopReason?: string;
  readonly stopDetails?: unknown;
  /** The model named in the answer. Default: the requested model. */
  readonly model?: string;
  /** False: a request with `safeguards` gets no `safeguard_results`. */
  readonly hasVerdict?: boolean;
  /** UTF-16 units of text in one delta. Default 12. */
  readonly deltaLength?: number;
}

/** A content encoding that a simulator can use for an answer. It flushes after each event. */
export type AnswerEncoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** How an answer is sent to the client. */
export interface DeliveryOptions {
  /** Delay before the headers; `Infinity` waits until the client leaves. */
  readonly latencyMs?: number;
  /** Pause between two events. With 0, each event is still a separate write to the socket. */
  readonly chunkDelayMs?: number;
  /** Writes the body in pieces of this many bytes, independent of event boundaries. */
  readonly splitEveryBytes?: number;
  readonly encoding?: AnswerEncoding;
  /** Added to the headers of the answer; replaces headers of the same name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** All options of a valid answer. */
export interface AnswerOptions extends ContentOptions, DeliveryOptions {}
