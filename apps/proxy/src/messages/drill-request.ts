import type { AdminGuard } from '../auth/admin.guard.js';
import { GatewayError } from '../exchange/gateway-error.js';

const DRILL_HEADER = 'x-claude-proxy-drill';

/** @throws GatewayError where a drill is asked for by somebody who must not, or in words that nobody knows */
export function asksForDrill(request: Parameters<AdminGuard['isAdmin']>[0], admin: AdminGuard): boolean {
  const drill = request.raw.headers[DRILL_HEADER];
  if (drill === undefined) return false;
  if (!admin.isAdmin(request)) {
    throw new GatewayError({
      type: 'permission_error',
      message: `${DRILL_HEADER} needs the admin token in "x-admin-token".`,
    });
  }
  if (drill === 'rate-limit') return true;
  throw new GatewayError({
    type: 'invalid_request_error',
    // Not quoted: a token may have slipped into the wrong header.
    message: `${DRILL_HEADER} says something else than "rate-limit", which is all that is known here.`,
  });
}
