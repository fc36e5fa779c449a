import type { LiveEvent } from '@claude-proxy/admin-api';
import { Get, type OnModuleDestroy, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminAccess } from '../auth/admin.access.js';
import { AdminController } from '../auth/admin-controller.decorator.js';
import { OpenToThisMachine } from '../auth/this-machine.js';
import { LiveFeed } from './live.feed.js';

const END_TIMEOUT_MS = 1_000;
const PING_MS = 15_000;
/** A page that does not read is disconnected before it fills our memory. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** Finished exchanges and changes of limits as they happen, as server-sent events. */
@AdminController('api/live')
@OpenToThisMachine()
export class LiveController implements OnModuleDestroy {
  private readonly open = new Set<FastifyReply['raw']>();

  constructor(
    private readonly feed: LiveFeed,
    private readonly access: AdminAccess,
  ) {}

  @Get()
  listen(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { raw } = reply.hijack();
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    // Nest routes HEAD to the same method, and the response would never end.
    if (request.method === 'HEAD') return void raw.end();
    raw.write(': connected\n\n');
    const stopListening = this.feed.listen((event) => {
      send(raw, event);
      if (event.type === 'draining') endSoon(raw);
    });
    const pings = setInterval(() => void this.ping(request, raw), PING_MS);
    this.open.add(raw);
    raw.once('close', () => {
      stopListening();
      clearInterval(pings);
      this.open.delete(raw);
    });
  }

  /** Also ends the feed of a session that was signed out in another tab or task. */
  private async ping(request: FastifyRequest, raw: FastifyReply['raw']): Promise<void> {
    if (await this.access.hasEnded(request)) endSoon(raw);
    else write(raw, ': ping\n\n');
  }

  onModuleDestroy(): void {
    for (const raw of this.open) raw.end();
  }
}

/** A reader that has stopped reading does not receive the end of its feed either. */
function endSoon(raw: FastifyReply['raw']): void {
  raw.end();
  const breaking = setTimeout(() => raw.destroy(), END_TIMEOUT_MS).unref();
  raw.once('close', () => clearTimeout(breaking));
}

function send(raw: FastifyReply['raw'], { type, ...data }: LiveEvent): void {
  write(raw, `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
}

function write(raw: FastifyReply['raw'], text: string): void {
  // A stalled reader is not closed at once, and a write after the end would crash the process.
  if (raw.writableEnded) return;
  if (raw.writableLength > MAX_BUFFERED_BYTES) raw.destroy();
  else raw.write(text);
}
