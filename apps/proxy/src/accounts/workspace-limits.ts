import type { RateWindow } from '@claude-proxy/upstream';
import type { Owners } from './account-closures.js';

/** Organizations and groups of models; the names of models come from clients. */
const MAX_ROWS = 2_000;

/**
 * The token limit that each workspace reports, which is the tightest one in force. If a workspace reports less than
 * another one of its organization, it has a limit of its own, and reaching that does not close the organization.
 */
export class WorkspaceLimits {
  private readonly rows = new Map<string, Map<string, number>>();

  learn({ organization, workspace }: Owners, group: string, windows: readonly RateWindow[]): void {
    const limit = windows.find(({ kind }) => kind === 'tokens')?.limit;
    if (limit === undefined) return;
    const name = `${organization}/${group}`;
    const row = this.rows.get(name) ?? new Map<string, number>();
    row.set(workspace, limit);
    this.rows.delete(name);
    this.rows.set(name, row);
    if (this.rows.size > MAX_ROWS) this.rows.delete(this.rows.keys().next().value!);
  }

  isLower({ organization, workspace }: Owners, group: string): boolean {
    const row = this.rows.get(`${organization}/${group}`);
    const own = row?.get(workspace);
    return own !== undefined && Math.max(...row!.values()) > own;
  }
}
