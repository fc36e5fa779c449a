import { type HeaderLines, headersWhere, type Operation, type UpstreamRequest } from '@claude-proxy/upstream';
import { HOPS_HEADER } from '../exchange/hops.js';
import type { JsonObject } from './json-object.js';
import type { TranslatedBytes } from './translation.js';

/** Headers of a caller that mean something to Anthropic, whatever dialect the caller speaks. */
const PASSED_ON = new Set([
  ...['user-agent', 'anthropic-beta', 'x-claude-code-session-id', 'traceparent', 'tracestate'],
  HOPS_HEADER,
]);
/** The version that takes temperature and top_p, for the models that still do. */
const OWN_HEADERS = [
  ...['content-type', 'application/json'],
  ...['accept', 'application/json'],
  // Answers are read on their way back.
  ...['accept-encoding', 'identity'],
  ...['anthropic-version', '2023-06-01'],
];

/** A request of another dialect in Anthropic's. */
export class TranslatedRequest implements UpstreamRequest {
  readonly operation: Operation = 'messages';
  readonly path = '/v1/messages';
  readonly headers: HeaderLines;
  readonly body: Buffer;
  readonly model: string;
  readonly isStream: boolean;
  readonly maxTokensToReserve?: number;

  private parsed: Readonly<JsonObject> | undefined;

  constructor(
    { bytes, model, isStream, maxTokensToReserve, betas }: TranslatedBytes,
    rawHeaders: HeaderLines,
    readonly user: string,
    readonly host: string | undefined,
  ) {
    this.body = Buffer.from(bytes.buffer);
    const ofBody = betas.length > 0 ? ['anthropic-beta', betas.join(',')] : [];
    this.headers = [...OWN_HEADERS, ...passedOn(rawHeaders), ...ofBody];
    this.model = model;
    this.isStream = isStream;
    if (maxTokensToReserve !== undefined) this.maxTokensToReserve = maxTokensToReserve;
  }

  json(): Readonly<JsonObject> {
    this.parsed ??= JSON.parse(this.body.toString()) as JsonObject;
    return this.parsed;
  }
}

function passedOn(rawHeaders: HeaderLines): string[] {
  return headersWhere(rawHeaders, (name) => PASSED_ON.has(name));
}
