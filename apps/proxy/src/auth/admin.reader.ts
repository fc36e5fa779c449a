import { Injectable } from '@nestjs/common';
import { AdminAccess } from './admin.access.js';
import type { AdminRequest } from './browser-origin.js';
import { ThisMachine } from './this-machine.js';

/** For endpoints that answer all callers and show more to operators. */
@Injectable()
export class AdminReader {
  constructor(
    private readonly access: AdminAccess,
    private readonly machine: ThisMachine,
  ) {}

  /** Never rejects: the endpoint answers even after too many wrong tokens. */
  async mayRead(request: AdminRequest): Promise<boolean> {
    const isAdmin = await this.access.isAdmin(request).catch(() => false);
    return isAdmin || this.machine.mayRead(request);
  }
}
