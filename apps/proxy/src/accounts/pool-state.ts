import type { ClaudeModels } from '@claude-proxy/claude-models';
import type { AccountClosures } from './account-closures.js';
import type { AccountList } from './account-list.js';
import type { AccountSessions, BoundSession } from './account-sessions.js';
import type { HeadRoom } from './head-room.js';
import type { MovePace } from './move-pace.js';
import type { WorkspaceLimits } from './workspace-limits.js';

/** The parts of the pool. */
export interface PoolState {
  readonly list: AccountList;
  readonly closures: AccountClosures;
  readonly sessions: AccountSessions;
  readonly headRoom: HeadRoom;
  readonly pace: MovePace;
  readonly models: ClaudeModels;
  readonly workspaceLimits: WorkspaceLimits;
  nowMs(): number;
  /** A session is not where its hash places it. */
  escaped(key: string, session: BoundSession): void;
}
