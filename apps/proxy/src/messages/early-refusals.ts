import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { renderedError } from './rendered-error.js';

/** Refuses a request whose path is no path, before it is known whom it is for. */
export function refuseBadPath(
  error: Pick<FastifyError, 'statusCode' | 'message'>,
  _request: unknown,
  reply: FastifyReply,
): void {
  const { status, headers, body } = renderedError(
    new GatewayError({ type: 'invalid_request_error', status: error.statusCode ?? 400, message: error.message }),
  );
  void reply.status(status).headers(headers).send(body);
}

/** True where it depends on the reader which host is meant. Node takes the first. RFC 9112 section 3.2 wants a 400. */
export function namesTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}

/** Refuses what is no HTTP request, on the bare socket. An answer that is under way there is broken off instead. */
export function refuseBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET' && !isAnswering(socket)) {
    const { status, headers, body } = renderedError(errorOfParser(error.code));
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  }
  socket.destroy(error);
}

function errorOfParser(code: string | undefined): GatewayError {
  const type = 'invalid_request_error';
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new GatewayError({ type, status: 431, message: 'The request headers are too large.' });
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new GatewayError({ type, status: 408, message: 'The request did not arrive in time.' });
  }
  return new GatewayError({ type, message: 'This is no valid HTTP request.' });
}

/** Node keeps the answer of a socket there, and looks at it itself for the same reason. */
function isAnswering(socket: Socket): boolean {
  return (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage?.headersSent === true;
}
