import type { PrincipalRole } from '@claude-proxy/admin-api';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** Who looks at the page. */
export interface Viewer {
  readonly role: PrincipalRole;
  /** A viewer with a team sees that team only. */
  readonly team: string | null;
  /** Of the gateway. */
  readonly version?: string;
}

export const ViewerContext = createContext<Viewer>({ role: 'admin', team: null });

/** False for those who only look: an act of theirs would be refused. */
export function useMayAct(): boolean {
  return useContext(ViewerContext).role === 'admin';
}

/** A viewer of one team may not read what concerns all teams. */
export function isOfOneTeam({ role, team }: Viewer): boolean {
  return role === 'viewer' && team !== null;
}
