import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** Whoever types the bare address is looking for the dashboard. Relative, so that it holds behind a path prefix. */
@Controller()
export class RootController {
  @Get()
  enter(@Res() reply: FastifyReply): void {
    void reply.redirect('ui/', 307);
  }
}
