import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../exchange/gateway-error.js';
import { acceptsCoding } from '../http/accepts-coding.js';
import { type Asset, type BuiltPage, CODINGS } from './built-page.js';

export const BUILT_PAGE = Symbol('BUILT_PAGE');

const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
const NOT_BUILT = 'The dashboard has not been built. Run "npm run build" and start the gateway again.\n';

/** Serves the page's files from memory. They hold no data, so they need no token. */
@Controller('ui')
export class UiController {
  constructor(@Inject(BUILT_PAGE) private readonly page: BuiltPage) {}

  /** The page's addresses are relative to `/ui/`; a relative redirect also holds behind a path prefix. */
  @Get()
  enter(@Res() reply: FastifyReply): void {
    void reply.headers(SECURITY_HEADERS).redirect('ui/', 307);
  }

  /** The view of a user, under an address that is easy to pass on. */
  @Get('me')
  enterOwnView(@Res() reply: FastifyReply): void {
    void reply.headers(SECURITY_HEADERS).redirect('./#/me', 307);
  }

  @Get('*')
  serve(@Req() request: FastifyRequest<{ Params: { '*': string } }>, @Res() reply: FastifyReply): void {
    const name = request.params['*'] || 'index.html';
    reply.headers(SECURITY_HEADERS);
    if (this.page.size === 0) return void reply.status(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
    const asset = this.page.get(name);
    if (!asset) throw new GatewayError({ type: 'not_found_error', message: `The dashboard has no file of this name.` });
    reply.headers({
      'content-type': asset.contentType,
      'cache-control': asset.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: asset.etag,
      vary: 'accept-encoding',
    });
    if (isKnown(request.headers['if-none-match'], asset.etag)) return void reply.status(304).send();
    sendBytes(asset, request.headers['accept-encoding'], reply);
  }
}

function sendBytes(asset: Asset, acceptEncoding: string | undefined, reply: FastifyReply): void {
  const coding = CODINGS.find((each) => acceptsCoding(acceptEncoding, each));
  const compressed = coding && asset.compressed(coding);
  if (compressed) reply.header('content-encoding', coding);
  void reply.send(compressed ?? asset.bytes);
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const opaque = etag.replace(/^W\//, '');
  return (ifNoneMatch ?? '').split(',').some((each) => each.trim().replace(/^W\//, '') === opaque);
}
