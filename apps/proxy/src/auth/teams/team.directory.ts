import type { Team } from '@claude-proxy/admin-api';
import { type Table, TableStore } from '@claude-proxy/storage';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { accessTable } from '../../state/access.table.js';
import { AccessChanges } from '../../state/access-changes.js';
import { type StateConfig, stateSection } from '../../state/state.config.js';
import type { KeyIdentity } from '../keys/key-identity.js';

const PARTITION = 'teams';

/** Teams and their users. Each task has all of them in memory, because every request needs the team of its user. */
@Injectable()
export class TeamDirectory implements OnModuleInit {
  private teamByUser: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly store: TableStore,
    private readonly changes: AccessChanges,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  onModuleInit(): void {
    this.changes.watch('teams', () => void this.refresh());
    void this.refresh();
  }

  /** The team of the key, else the team that has the user. */
  teamOf(user: string, key?: Pick<KeyIdentity, 'team'>): string | undefined {
    return key?.team ?? this.teamByUser.get(user);
  }

  /** @throws StorageError */
  async all(): Promise<Team[]> {
    return Array.fromAsync(this.table.each({ partition: PARTITION }), ({ sort, users }) => ({
      name: String(sort),
      users: users as string[],
    }));
  }

  /** @throws StorageError */
  async put({ name, users }: Team): Promise<void> {
    await this.table.put({ partition: PARTITION, sort: name, users: [...users] });
    await this.announce();
  }

  /** @throws StorageError */
  async remove(name: string): Promise<void> {
    await this.table.delete({ partition: PARTITION, sort: name });
    await this.announce();
  }

  private async announce(): Promise<void> {
    await this.changes.announce('teams');
    await this.refresh();
  }

  /** Never rejects: without the store the last known teams stay. */
  private async refresh(): Promise<void> {
    const teams = await this.all().catch(() => undefined);
    if (teams) this.teamByUser = new Map(teams.flatMap(({ name, users }) => users.map((user) => [user, name])));
  }

  /** Opened on first use, so that an installation without this table still has a working store. */
  private get table(): Table {
    return this.store.table(accessTable(this.config.accessTable));
  }
}
