import {
  type ByteRange,
  expectBoundedTree,
  type JsonOutline,
  JsonSyntaxError,
  outlineOfJson,
} from '@claude-proxy/messages-api';
import { type HeaderLines, type Operation, type UpstreamRequest } from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';
import { decodedBody } from '../http/decoded-body.js';
import type { TakeRoom } from '../http/request-body.js';
import { checkShape } from './messages-shape.js';

export interface Received {
  readonly operation: Operation;
  readonly path: string;
  readonly headers: HeaderLines;
  readonly body: Buffer;
  readonly host: string | undefined;
  readonly user: string;
}

/** A request as it was received, and the few members of its body that the gateway has to know. */
export class ReceivedRequest implements UpstreamRequest {
  readonly operation: Operation;
  readonly path: string;
  readonly headers: HeaderLines;
  readonly body: Buffer;
  readonly host: string | undefined;
  readonly user: string;
  readonly model: string;
  readonly isStream: boolean;
  readonly speed?: string;
  readonly maxTokens?: number;
  private parsed: Readonly<Record<string, unknown>> | undefined;
  private readonly outline: Omit<JsonOutline, 'members'>;
  private readonly members: ReadonlyMap<string, ByteRange>;

  private constructor(
    received: Received,
    readonly decodedBody: Buffer,
    private readonly takeRoom?: TakeRoom,
  ) {
    this.operation = received.operation;
    this.path = received.path;
    this.headers = received.headers;
    this.body = received.body;
    this.host = received.host;
    this.user = received.user;
    const { members, ...outline } = outlineIn(decodedBody);
    this.outline = outline;
    this.members = members;
    const shape = checkShape(this.operation, decodedBody, members);
    this.model = shape.model;
    this.isStream = shape.stream ?? false;
    if (typeof shape.speed === 'string') this.speed = shape.speed;
    if (shape.maxTokens !== undefined) this.maxTokens = shape.maxTokens;
  }

  /** @throws GatewayError invalid_request_error, request_too_large, and what `takeRoom` throws */
  static read(
    received: Received,
    takeRoom?: TakeRoom,
    unknownCodingStatus?: () => number,
  ): ReceivedRequest | Promise<ReceivedRequest> {
    const body = decodedBody(received, takeRoom, unknownCodingStatus);
    if (body instanceof Promise) return body.then((decoded) => new ReceivedRequest(received, decoded, takeRoom));
    return new ReceivedRequest(received, body, takeRoom);
  }

  member(name: string): Buffer | undefined {
    const range = this.members.get(name);
    return range && this.decodedBody.subarray(range.start, range.end);
  }

  /** @throws JsonLimitError where the tree would be too large, and what `takeRoom` throws */
  json(): Readonly<Record<string, unknown>> {
    this.parsed ??= treeOf(this.decodedBody, this.outline, this.takeRoom);
    return this.parsed;
  }
}

/** @throws JsonLimitError where the tree would be too large, and what `takeRoom` throws */
export function treeOf(
  body: Buffer,
  outline: Omit<JsonOutline, 'members'>,
  takeRoom: TakeRoom | undefined,
): Readonly<Record<string, unknown>> {
  expectBoundedTree(outline);
  // The text of the body, and the tree that is made of it.
  takeRoom?.(2 * body.length);
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

function outlineIn(decoded: Buffer): JsonOutline {
  try {
    return outlineOfJson(decoded);
  } catch (error) {
    const reason = error instanceof JsonSyntaxError ? error.message : String(error);
    throw invalid(`The request body is not a JSON object: ${reason}.`, error);
  }
}

function invalid(message: string, cause: unknown): GatewayError {
  return new GatewayError({ type: 'invalid_request_error', message, cause });
}
