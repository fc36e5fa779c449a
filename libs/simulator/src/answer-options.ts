import type { AnswerUsage } from './answer-usage.js';

/** A tool call that the answer asks for. */
export interface ToolUse {
  readonly name: string;
  readonly input?: Record<string, unknown>;
  readonly id?: string;
}

/** What an answer says. Everything left out is derived from the request. */
export interface ContentOptions {
  /** Left out: the simulator's greeting, or no text at all when a tool is used. */
  readonly text?: string;
  /** An empty string is thinking with its display omitted: a block with nothing but a signature. */
  readonly thinking?: string;
  readonly toolUse?: ToolUse | readonly ToolUse[];
  readonly usage?: AnswerUsage;
  readonly stopReason?: string;
  readonly stopDetails?: unknown;
  /** The model that the answer claims; the requested one unless given. */
  readonly model?: string;
  /** False: a request with `safeguards` gets no `safeguard_results`. */
  readonly hasVerdict?: boolean;
  /** UTF-16 units of text in one delta (12 unless given). */
  readonly deltaLength?: number;
}

/** A content encoding that a simulator can compress an answer with, flushed after each event. */
export type AnswerEncoding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** How an answer reaches the client. */
export interface DeliveryOptions {
  /** Silence before the headers; `Infinity` waits until the client leaves. */
  readonly latencyMs?: number;
  /** Pause between two events; 0 still hands each event to the socket on its own. */
  readonly chunkDelayMs?: number;
  /** Writes the body in pieces of that many bytes, wherever they fall. */
  readonly splitEveryBytes?: number;
  readonly encoding?: AnswerEncoding;
  /** Added to the answer's headers, replacing those of the same name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** All that a test can ask of a faithful answer. */
export interface AnswerOptions extends ContentOptions, DeliveryOptions {}
