import type { AccountNews, Credential } from '@claude-proxy/upstream';
import { type Account, serves } from './account.js';
import type { Owners } from './account-closures.js';
import type { Place } from './placement.js';

/** An account as a place for sessions. */
export interface AccountPlace extends Place {
  readonly account: Account;
}

/** The first tier of places for a model, and the sum of their weights. */
export interface Tier {
  readonly places: readonly AccountPlace[];
  readonly totalWeight: number;
  readonly weightByOrganization: ReadonlyMap<string, number>;
}

/** Names of models come from clients. */
const MAX_CACHED_MODELS = 200;

/** The accounts of the pool, and the organizations and workspaces that their answers have named. */
export class AccountList {
  private accounts: readonly Account[] = [];
  private byId: ReadonlyMap<string, Account> = new Map();
  private byFingerprint: ReadonlyMap<string, Account> = new Map();
  private staged: Account | undefined;
  private readonly owners = new Map<string, Owners>();
  private readonly eligibleByModel = new Map<string, readonly Account[]>();
  private readonly tierByModel = new Map<string, Tier>();
  /** Grows with each change. */
  revision = 0;

  get all(): readonly Account[] {
    return this.accounts;
  }

  replace(accounts: readonly Account[]): void {
    this.accounts = accounts;
    this.byId = new Map(accounts.map((account) => [account.id, account]));
    this.byFingerprint = new Map(accounts.map((account) => [account.credential.fingerprint, account]));
    this.changed();
  }

  /** A key that is checked before it is added: its answers are learned from, and no request gets it. */
  stage(account: Account): void {
    this.staged = account;
  }

  unstage({ id }: Account): void {
    if (this.staged?.id === id) this.staged = undefined;
    this.owners.delete(id);
  }

  named(name: string): Account | undefined {
    return this.accounts.find((account) => account.name === name);
  }

  withId(id: string): Account | undefined {
    return this.byId.get(id);
  }

  of({ fingerprint, digest }: Credential): Account | undefined {
    const account = this.byFingerprint.get(fingerprint) ?? this.staged;
    return account?.credential.digest === digest ? account : undefined;
  }

  ownersOf({ id }: Pick<Account, 'id'>): Owners {
    return this.owners.get(id) ?? ownersNamed(id);
  }

  knowsOwnersOf({ id }: Account): boolean {
    return this.owners.has(id);
  }

  /** Notes what an answer names. Returns the owners before and after, if they have changed. */
  learn(
    { id }: Pick<Account, 'id'>,
    { organization, workspace }: Pick<AccountNews, 'organization' | 'workspace'>,
  ): { readonly before: Owners; readonly after: Owners } | undefined {
    const before = this.owners.get(id) ?? ownersNamed(id);
    const after: Owners = {
      key: before.key,
      workspace: workspace === undefined ? before.workspace : `workspace:${workspace}`,
      organization: organization === undefined ? before.organization : `organization:${organization}`,
    };
    if (after.workspace === before.workspace && after.organization === before.organization) return undefined;
    this.owners.set(id, after);
    this.changed();
    return { before, after };
  }

  /** Accounts that may serve this model, in any state but paused. */
  eligibleFor(model: string): readonly Account[] {
    return cached(this.eligibleByModel, model, () =>
      this.accounts.filter((account) => account.operatorState !== 'paused' && serves(account, model)),
    );
  }

  /** The places for new sessions: active accounts of the first priority that has any. */
  tierFor(model: string): Tier {
    return cached(this.tierByModel, model, () => {
      const active = this.accounts.filter((each) => each.operatorState === 'active' && serves(each, model));
      const priority = Math.min(...active.map((each) => each.priority));
      return this.tierOf(active.filter((each) => each.priority === priority));
    });
  }

  private tierOf(accounts: readonly Account[]): Tier {
    const byOrganization = Map.groupBy(accounts, (account) => this.ownersOf(account).organization);
    const weightByOrganization = new Map<string, number>();
    const places: AccountPlace[] = [];
    for (const [organization, members] of byOrganization) {
      const weight = Math.max(...members.map((member) => member.weight));
      const sum = members.reduce((total, member) => total + member.weight, 0);
      weightByOrganization.set(organization, weight);
      for (const account of members) {
        const share = sum > 0 ? account.weight / sum : 1 / members.length;
        places.push({ id: account.id, account, organization, weight: weight * share });
      }
    }
    const totalWeight = [...weightByOrganization.values()].reduce((total, weight) => total + weight, 0);
    return { places, totalWeight, weightByOrganization };
  }

  private changed(): void {
    this.revision += 1;
    this.eligibleByModel.clear();
    this.tierByModel.clear();
  }
}

function ownersNamed(id: string): Owners {
  return { key: `key:${id}`, workspace: `workspace:${id}`, organization: `organization:${id}` };
}

function cached<Value>(values: Map<string, Value>, name: string, make: () => Value): Value {
  const known = values.get(name);
  if (known !== undefined) return known;
  const made = make();
  values.set(name, made);
  if (values.size > MAX_CACHED_MODELS) values.delete(values.keys().next().value!);
  return made;
}
