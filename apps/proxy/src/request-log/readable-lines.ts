import type { RequestDetail } from '@claude-proxy/admin-api';
import type { FastifyRequest } from 'fastify';
import { ownUserOf, principalOf } from '../auth/principal.js';

/** A user reads its own lines, the viewer of a team those of the team. */
export function readableLines(request: FastifyRequest): (line: Pick<RequestDetail, 'user' | 'team'>) => boolean {
  const own = ownUserOf(request);
  if (own !== undefined) return ({ user }) => user === own;
  const principal = principalOf(request);
  const team = principal?.role === 'viewer' ? principal.team : null;
  return team === null ? () => true : (line) => line.team === team;
}
