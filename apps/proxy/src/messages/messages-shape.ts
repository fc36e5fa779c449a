import { type ByteRange, memberValue } from '@claude-proxy/messages-api';
import type { Operation } from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';

/** What the gateway itself needs of a body. Everything else is the upstream's to judge. */
export interface MessagesShape {
  readonly model: string;
  readonly stream: boolean | null | undefined;
  /** Whatever it is: only `fast` is looked for. */
  readonly speed: unknown;
  readonly maxTokens: number | undefined;
}

const LARGEST_SCALAR_BYTES = 1_024;
const OPEN_BRACKET = '['.charCodeAt(0);

/**
 * Reads and checks the members by name; the long ones are not parsed, only looked at.
 *
 * @throws GatewayError invalid_request_error naming every member at fault
 */
export function checkShape(operation: Operation, body: Buffer, members: ReadonlyMap<string, ByteRange>): MessagesShape {
  const model = scalarOf(body, members, 'model');
  const stream = scalarOf(body, members, 'stream');
  const maxTokens = scalarOf(body, members, 'max_tokens');
  const faults: string[] = [];
  if (typeof model !== 'string' || model === '') faults.push('model must be the name of a model');
  if (!isList(body, members.get('messages'))) faults.push('messages must be an array');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    faults.push('stream must be a boolean value');
  }
  if (operation === 'messages' && !isCount(maxTokens)) {
    faults.push('max_tokens is required and must be a whole number of 0 or more');
  }
  if (faults.length > 0) {
    const message = `The request body is not valid: ${faults.join('; ')}.`;
    throw new GatewayError({ type: 'invalid_request_error', message });
  }
  return {
    model: model as string,
    stream: stream as boolean | null | undefined,
    speed: scalarOf(body, members, 'speed'),
    maxTokens: isCount(maxTokens) ? maxTokens : undefined,
  };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function scalarOf(body: Buffer, members: ReadonlyMap<string, ByteRange>, key: string): unknown {
  const range = members.get(key);
  if (range && range.end - range.start > LARGEST_SCALAR_BYTES) return Symbol('too long');
  return memberValue(body, members, key);
}

/** What is in a list is not looked at. */
function isList(body: Buffer, range: ByteRange | undefined): boolean {
  return range !== undefined && body[range.start] === OPEN_BRACKET;
}
