import { Inject, Injectable, SetMetadata } from '@nestjs/common';
import { type ServerConfig, serverSection } from '../config/server.config.js';
import { AdminToken } from './admin-token.js';
import type { AdminRequest } from './browser-origin.js';
import { isPlainLocalRead } from './plain-local-read.js';

const LOOPBACK_NAME = /^(localhost|127\.|::1$)/;

export const OPEN_TO_THIS_MACHINE = 'open to this machine';

/** Lets programs of this machine read an admin endpoint without the token, under the conditions of `ThisMachine`. */
export const OpenToThisMachine = () => SetMetadata(OPEN_TO_THIS_MACHINE, true);

/**
 * Allows reads without the token on a machine without operator settings: no `ADMIN_TOKEN`, no `TRUST_PROXY`, and a
 * port that only this machine reaches.
 */
@Injectable()
export class ThisMachine {
  private readonly isAlone: boolean;

  constructor(token: AdminToken, @Inject(serverSection.token) { host, trustedProxies }: ServerConfig) {
    this.isAlone = token.source.kind === 'file' && trustedProxies.length === 0 && LOOPBACK_NAME.test(host);
  }

  mayRead({ raw }: AdminRequest): boolean {
    return this.isAlone && isPlainLocalRead(raw);
  }
}
