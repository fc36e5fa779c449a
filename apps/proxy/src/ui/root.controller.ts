import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/** A person who types the bare address wants the dashboard. Relative, so that it holds behind a path prefix. */
@Controller()
export class RootController {
  @Get()
  enter(@Res() reply: FastifyReply): void {
    void reply.redirect('ui/', 307);
  }
}
