import { Injectable } from '@nestjs/common';
import { AdminAccess } from './admin.access.js';
import type { AdminRequest } from './browser-origin.js';
import { mayDo } from './principal.js';
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
    const principal = await this.access.authenticate(request).catch(() => undefined);
    return principal ? mayDo(principal, 'viewer') : this.machine.mayRead(request);
  }
}
