import type { IncomingMessage } from 'node:http';
import { parseBoundedJson } from '@claude-proxy/messages-api';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { GatewayError } from '../exchange/gateway-error.js';

/** Bodies of the admin API are a few fields. */
const MAX_BYTES = 64 * 1024;
const BODY_ARGUMENT = new RegExp(`^${RouteParamtypes.BODY}:`);

/**
 * Reads the JSON body for handlers that take `@Body()`, after the guards: a caller that may not ask costs no more than the
 * head of its request. Bodies that are relayed are not touched.
 */
@Injectable()
export class JsonBodyInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (takesBody(context)) {
      const request = context.switchToHttp().getRequest<FastifyRequest>();
      request.body = await readJsonBody(request.raw);
    }
    return next.handle();
  }
}

function takesBody(context: ExecutionContext): boolean {
  const given = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {};
  return Object.keys(given).some((key) => BODY_ARGUMENT.test(key));
}

/** @throws GatewayError invalid_request_error, request_too_large */
async function readJsonBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BYTES)
      throw new GatewayError({ type: 'request_too_large', message: `The body exceeds ${MAX_BYTES} bytes.` });
    chunks.push(chunk);
  }
  const value = parsed(Buffer.concat(chunks));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new GatewayError({ type: 'invalid_request_error', message: 'The body is not a JSON object.' });
}

function parsed(text: Buffer): unknown {
  try {
    return parseBoundedJson(text);
  } catch {
    return undefined;
  }
}
