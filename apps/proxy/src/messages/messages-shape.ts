import { type ByteRange, memberValue } from '@claude-proxy/messages-api';
import type { Operation } from '@claude-proxy/upstream';
import { IsArray, IsBoolean, IsInt, IsNotEmpty, IsOptional, IsString, Min, validateSync } from 'class-validator';
import { GatewayError } from '../exchange/gateway-error.js';

/** What the gateway itself needs of a body. Everything else is the upstream's to judge. */
class CountTokensShape {
  @IsString()
  @IsNotEmpty()
  model!: string;

  @IsArray()
  messages!: unknown[];

  @IsOptional()
  @IsBoolean()
  stream?: boolean | null;

  /** Whatever it is: only `fast` is looked for. */
  speed?: unknown;
}

const MAX_TOKENS_RULE = { message: 'max_tokens is required and must be a whole number of 0 or more' };

class MessagesShape extends CountTokensShape {
  @IsInt(MAX_TOKENS_RULE)
  @Min(0, MAX_TOKENS_RULE)
  max_tokens!: number;
}

const LARGEST_SCALAR_BYTES = 1_024;
const OPEN_BRACKET = '['.charCodeAt(0);

/**
 * Reads and checks the members by name; the long ones are not parsed, only looked at.
 *
 * @throws GatewayError invalid_request_error naming every member at fault
 */
export function checkShape(
  operation: Operation,
  body: Buffer,
  members: ReadonlyMap<string, ByteRange>,
): Readonly<CountTokensShape> {
  const shape = operation === 'messages' ? new MessagesShape() : new CountTokensShape();
  const values: Partial<MessagesShape> = {
    model: scalarOf(body, members, 'model') as string,
    messages: listOf(body, members.get('messages')) as unknown[],
    stream: scalarOf(body, members, 'stream') as boolean,
    speed: scalarOf(body, members, 'speed'),
    ...(operation === 'messages' ? { max_tokens: scalarOf(body, members, 'max_tokens') as number } : {}),
  };
  Object.assign(shape, values);
  if (isSound(operation, values)) return shape;
  const faults = validateSync(shape, { stopAtFirstError: true });
  if (faults.length === 0) return shape;
  const sentences = faults.flatMap((fault) => Object.values(fault.constraints ?? {}));
  throw new GatewayError({
    type: 'invalid_request_error',
    message: `The request body is not valid: ${sentences.join('; ')}.`,
  });
}

/** True only where the decorators find nothing either. They word the refusal; asked every time they cost 10 µs. */
function isSound(operation: Operation, { model, messages, stream, max_tokens }: Partial<MessagesShape>): boolean {
  const isBounded = operation !== 'messages' || (Number.isInteger(max_tokens) && max_tokens! >= 0);
  const isNamed = typeof model === 'string' && model !== '';
  return isNamed && isBounded && messages !== undefined && (stream === undefined || typeof stream === 'boolean');
}

function scalarOf(body: Buffer, members: ReadonlyMap<string, ByteRange>, key: string): unknown {
  const range = members.get(key);
  if (range && range.end - range.start > LARGEST_SCALAR_BYTES) return Symbol('too long');
  return memberValue(body, members, key);
}

/** An empty list stands for any list: what is in it is not looked at. */
function listOf(body: Buffer, range: ByteRange | undefined): unknown {
  return range && body[range.start] === OPEN_BRACKET ? [] : undefined;
}
