import { outlineOfJson } from '@claude-proxy/messages-api';
import {
  type HeaderLines,
  headersWhere,
  type Operation,
  type StepRequest,
  type StepRun,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import type { TakeRoom } from '../../http/request-body.js';
import { treeOf } from '../received-request.js';

const OF_THE_BODY = new Set(['content-encoding', 'content-length', 'content-md5', 'digest']);

/** The header lines for a body that a step has replaced. */
export function headersOfReplacedBody(headers: HeaderLines): string[] {
  return headersWhere(headers, (name) => !OF_THE_BODY.has(name));
}

/** A request as a step has changed it. */
export class SteppedRequest implements UpstreamRequest {
  readonly operation: Operation;
  readonly path: string;
  readonly headers: HeaderLines;
  readonly body: Buffer;
  readonly decodedBody: Buffer;
  readonly model: string;
  readonly isStream: boolean;
  readonly speed?: string;
  readonly maxTokens?: number;
  readonly host?: string;
  readonly maxTokensToReserve?: number;
  readonly user: string;
  readonly hasOtherBody: boolean;
  private parsed: Readonly<Record<string, unknown>> | undefined;

  constructor(
    private readonly original: UpstreamRequest,
    run: StepRun,
    private readonly takeRoom: TakeRoom,
  ) {
    const { operation, path, isStream, speed, maxTokens, host, user, maxTokensToReserve } = original;
    const optional = { speed, maxTokens, host, maxTokensToReserve };
    Object.assign(this, Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)));
    this.operation = operation;
    this.path = path;
    this.isStream = isStream;
    this.user = user;
    this.model = run.model ?? original.model;
    const headers = run.headers ?? original.headers;
    if (run.body) takeRoom(run.body.length);
    this.hasOtherBody = run.body !== undefined || !hasScannedBody(original);
    this.headers = run.body ? headersOfReplacedBody(headers) : headers;
    this.body = run.body ?? original.body;
    this.decodedBody = run.body ?? original.decodedBody ?? original.body;
  }

  /** As the caller sent it: a step does not move a session to another account. */
  member(name: string): Buffer | undefined {
    return this.original.member?.(name);
  }

  json(): Readonly<Record<string, unknown>> {
    const isReplaced = this.body !== this.original.body;
    this.parsed ??= isReplaced ? treeOf(this.body, outlineOfJson(this.body), this.takeRoom) : this.original.json();
    return this.parsed;
  }
}

/** `member` has the bytes that the body has. */
function hasScannedBody(request: UpstreamRequest): boolean {
  return request.member !== undefined && !(request instanceof SteppedRequest && request.hasOtherBody);
}

export function stepRequestOf(request: UpstreamRequest): StepRequest {
  const { operation, path, headers, model, isStream, speed, maxTokens, body, decodedBody = body } = request;
  const readBody = async () => decodedBody;
  const member = hasScannedBody(request) ? (name: string) => request.member?.(name) : undefined;
  return {
    operation,
    method: 'POST',
    path,
    headers,
    model,
    isStream,
    speed,
    maxTokens,
    member,
    body: decodedBody,
    readBody,
  };
}
