import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyReply } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { renderedError } from './rendered-error.js';

/** Refuses a request whose path is not a valid path, before a route is found. */
export function refuseBadPath(
  { statusCode = 400, message }: Pick<FastifyError, 'statusCode' | 'message'>,
  _request: unknown,
  reply: FastifyReply,
): void {
  const { status, headers, body } = renderedError(
    new GatewayError({ type: 'invalid_request_error', status: statusCode, message }),
  );
  void reply.status(status).headers(headers).send(body);
}

/** Refuses a request that two readers could read in two ways. What follows on its connection is not read. */
export function refuseFraming(fault: FramingFault, reply: FastifyReply): void {
  reply.header('connection', 'close');
  refuseBadPath(fault, undefined, reply);
}

export interface FramingFault {
  readonly statusCode: number;
  readonly message: string;
}

/** What Node's parser takes although it depends on the reader where the request goes or where its body ends. */
export function framingFaultOf({ rawHeaders, headers, httpVersion }: IncomingMessage): FramingFault | undefined {
  // Node takes the first. RFC 9112 section 3.2 demands a 400.
  if (namesTwoHosts(rawHeaders)) return { statusCode: 400, message: 'The request names two hosts.' };
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  // RFC 9112 section 6.1: the framing of such a message is faulty.
  if (httpVersion === '1.0') return { statusCode: 400, message: 'HTTP/1.0 has no transfer-encoding.' };
  if (coding.length === 7 && coding.toLowerCase() === 'chunked') return undefined;
  return { statusCode: 501, message: 'The only transfer-encoding that is supported is "chunked".' };
}

function namesTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** Refuses what is not a valid HTTP request, on the bare socket. An answer that has begun is broken off instead. */
export function refuseBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET' && !isAnswering(socket)) {
    socket.write(messageOf(errorOfParser(error.code)));
  }
  socket.destroy(error);
}

/** Node gives a CONNECT no response object, and closes its connection without an answer unless there is a listener. */
export function refuseConnect(_request: IncomingMessage, socket: Duplex): void {
  const message = 'CONNECT is not allowed: the gateway is not a forward proxy.';
  // The client may be gone already.
  socket.on('error', () => {});
  socket.end(messageOf(new GatewayError({ type: 'invalid_request_error', status: 405, message })));
}

function messageOf(error: GatewayError): string {
  const { status, headers, body } = renderedError(error);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

function errorOfParser(code: string | undefined): GatewayError {
  const type = 'invalid_request_error';
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new GatewayError({ type, status: 431, message: 'The request headers are too large.' });
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new GatewayError({ type, status: 408, message: 'The request did not arrive in time.' });
  }
  return new GatewayError({ type, message: 'This is not a valid HTTP request.' });
}

/** Node keeps the answer of a socket there, and looks at it itself for the same reason. */
function isAnswering(socket: Socket): boolean {
  return (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage?.headersSent === true;
}
