import { GatewayError } from '../exchange/gateway-error.js';
import type { AdminAccess } from './admin.access.js';
import type { AdminRequest } from './browser-origin.js';

const DRILL_HEADER = 'x-claude-proxy-drill';

/** @throws GatewayError permission_error without the admin token, invalid_request_error for an unknown drill */
export function asksForDrill(request: AdminRequest, admin: AdminAccess): boolean {
  const drill = request.raw.headers[DRILL_HEADER];
  if (drill === undefined) return false;
  if (!admin.showsToken(request)) {
    throw new GatewayError({
      type: 'permission_error',
      message: `${DRILL_HEADER} needs the admin token in "x-admin-token".`,
    });
  }
  if (drill === 'rate-limit') return true;
  throw new GatewayError({
    type: 'invalid_request_error',
    // The value is not quoted, because it may be a token in the wrong header.
    message: `${DRILL_HEADER} has an unknown value; "rate-limit" is allowed.`,
  });
}
