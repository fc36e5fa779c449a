import type { AuditActor } from '@claude-proxy/admin-api';
import type { AdminRequest } from './browser-origin.js';

const UNKNOWN: AuditActor = { kind: 'unknown', name: null };
const actors = new WeakMap<AdminRequest['raw'], AuditActor>();

/** Called when an operator is authenticated, so that later audit entries name the proof. */
export function noteActor({ raw }: Pick<AdminRequest, 'raw'>, actor: AuditActor): void {
  actors.set(raw, actor);
}

export function actorOf({ raw }: Pick<AdminRequest, 'raw'>): AuditActor {
  return actors.get(raw) ?? UNKNOWN;
}
