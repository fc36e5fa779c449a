import type { ServerResponse } from 'node:http';
import { errorTypeOfStatus } from '@claude-proxy/messages-api';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EXCHANGE_ID_HEADER } from '../exchange/exchange.js';
import { GatewayError, methodNotAllowed } from '../exchange/gateway-error.js';
import { withMaskedKeys } from '../exchange/masked-keys.js';
import { AllowedMethods } from './allowed-methods.js';
import { type RenderedError, renderedError } from './rendered-error.js';

/** How long a client that is still sending gets to read why it should not. */
const EARLY_REFUSAL_MS = 1_000;
/** Without a credential, too large, and no room: what is left of the body is not read. */
const REFUSED_UNREAD = new Set([401, 403, 413, 503]);

/** Renders whatever was thrown as Anthropic's error body, with a `request-id`. */
@Catch()
@Injectable()
export class AnthropicErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(AnthropicErrorFilter.name);

  constructor(private readonly allowedMethods: AllowedMethods) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { raw } = host.switchToHttp().getRequest<FastifyRequest>();
    if (reply.raw.headersSent || reply.raw.destroyed) return;
    const error = this.gatewayErrorOf(thrown, raw.method!, raw.url!);
    const rendered = this.render(error, reply.getHeader(EXCHANGE_ID_HEADER) as string | undefined);
    const { status, headers, body } = rendered;
    if (raw.complete || !REFUSED_UNREAD.has(status)) void reply.status(status).headers(headers).send(body);
    else refuseWhileSending(reply.hijack().raw, rendered);
  }

  /** Another dialect of the same refusals needs to change nothing else. */
  protected render(error: GatewayError, exchangeId: string | undefined): RenderedError {
    return renderedError(error, exchangeId);
  }

  private gatewayErrorOf(thrown: unknown, method: string, url: string): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    if (thrown instanceof HttpException && thrown.getStatus() === 404) return this.unknownPath(method, url);
    const status =
      thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number }).statusCode;
    if (status !== undefined && status < 500) {
      return new GatewayError({ type: errorTypeOfStatus(status), status, message: (thrown as Error).message });
    }
    this.logger.error(`❌ unexpected: ${withMaskedKeys((thrown as Error).stack ?? String(thrown))}`);
    return new GatewayError({ type: 'api_error', message: 'Internal error of the gateway.', cause: thrown });
  }

  private unknownPath(method: string, url: string): GatewayError {
    const allowed = this.allowedMethods.of(url);
    const path = withMaskedKeys(url.split('?')[0]!).slice(0, 200);
    if (allowed.length === 0) return new GatewayError({ type: 'not_found_error', message: `No such path: ${path}` });
    return methodNotAllowed(method, allowed, `for ${path}`);
  }
}

/**
 * Refuses a body without reading it. Closing at once would reset the connection and take the refusal with it, so the
 * client gets a moment to read.
 */
function refuseWhileSending(response: ServerResponse, { status, headers, body }: RenderedError): void {
  response.writeHead(status, { ...headers, connection: 'close' });
  response.write(body);
  const close = setTimeout(() => response.destroy(), EARLY_REFUSAL_MS).unref();
  response.once('close', () => clearTimeout(close));
}
