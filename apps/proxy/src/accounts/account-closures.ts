import type { AccountFault, AccountVerdict } from '@claude-proxy/upstream';

/** Why an owner cannot serve, and until when. */
export interface Closure {
  readonly fault: AccountFault;
  readonly reason: string;
  /** Epoch milliseconds; missing where only an operator or a probe ends it. */
  readonly untilMs?: number;
}

/** What the limits of one key belong to. Before the first answer, the key is its own workspace and organization. */
export type Owners = Readonly<Record<AccountVerdict['reach'], string>>;

const ALL_GROUPS = '*';
/** A limit without a time: 30 seconds, and twice as long after each refusal that follows, up to 5 minutes. */
const FIRST_SECONDS = 30;
const MAX_SECONDS = 5 * 60;
const FORGET_AFTER_MS = 10 * 60_000;
/** A burst limit without a time. */
const BURST_SECONDS = 1;
const OVERLOADED_SECONDS = 10;
const MAX_OVERLOADED_SECONDS = 2 * 60;
/** Payment ends it, which no header announces. */
const UNPAID_SECONDS = 15 * 60;
/** The longest window of Anthropic's is a month. */
const MAX_NAMED_SECONDS = 32 * 24 * 60 * 60;
const REACHES = ['key', 'workspace', 'organization'] as const;

interface Entry extends Closure {
  /** For doubling: the length of this closure. */
  readonly seconds: number;
}

/** Which keys, workspaces and organizations are closed, for which groups of models. Pure but for the time it is given. */
export class AccountClosures {
  private readonly byOwner = new Map<string, Map<string, Entry>>();
  /** Grows with each change. */
  revision = 0;

  get isEmpty(): boolean {
    return this.byOwner.size === 0;
  }

  close(owners: Owners, verdict: AccountVerdict, group: string, nowMs: number): void {
    const groups = this.groupsOf(owners[verdict.reach]);
    const name = verdict.isOfGroup ? group : ALL_GROUPS;
    const seconds = secondsOf(verdict, groups.get(name), nowMs);
    groups.set(name, {
      fault: verdict.fault,
      reason: verdict.reason,
      seconds: seconds ?? 0,
      ...(seconds !== undefined && { untilMs: nowMs + seconds * 1_000 }),
    });
    this.revision += 1;
  }

  /** The closure that stops one of these groups for longest, if there is one now. */
  closureOf(owners: Owners, groups: readonly string[], nowMs: number): Closure | undefined {
    let longest: Closure | undefined;
    for (const reach of REACHES) {
      const entries = this.byOwner.get(owners[reach]);
      if (!entries) continue;
      for (const [group, entry] of entries) {
        const concerns = group === ALL_GROUPS || groups.includes(group);
        if (concerns && isClosing(entry, nowMs) && isLater(entry, longest)) longest = entry;
      }
    }
    return longest;
  }

  /** All closures of an account, with the group that each one stops; `*` stands for all of them. */
  *of(owners: Owners, nowMs: number): Generator<Closure & { readonly group: string }> {
    for (const reach of REACHES) {
      for (const [group, entry] of this.byOwner.get(owners[reach]) ?? []) {
        if (!isOver(entry, nowMs)) yield { ...entry, group };
      }
    }
  }

  /** An operator or a probe has found the key to be good. */
  clear(owners: Owners): void {
    for (const reach of REACHES) this.byOwner.delete(owners[reach]);
    this.revision += 1;
  }

  /** The owners of a key have become known: what was noted under the key itself moves to them. */
  rename(before: Owners, after: Owners): void {
    for (const reach of ['workspace', 'organization'] as const) {
      const entries = this.byOwner.get(before[reach]);
      if (!entries || before[reach] === after[reach]) continue;
      this.byOwner.delete(before[reach]);
      const groups = this.groupsOf(after[reach]);
      for (const [group, entry] of entries) groups.set(group, entry);
    }
    this.revision += 1;
  }

  /** Removes what was over long ago. */
  prune(nowMs: number): void {
    for (const [owner, entries] of this.byOwner) {
      for (const [group, entry] of entries) if (endOf(entry) + FORGET_AFTER_MS < nowMs) entries.delete(group);
      if (entries.size === 0) this.byOwner.delete(owner);
    }
  }

  private groupsOf(owner: string): Map<string, Entry> {
    const groups = this.byOwner.get(owner) ?? new Map<string, Entry>();
    this.byOwner.set(owner, groups);
    return groups;
  }
}

/** An overloaded model is on record for operators; it closes nothing. */
function isClosing(entry: Closure, nowMs: number): boolean {
  return entry.fault !== 'overloaded' && !isOver(entry, nowMs);
}

function isLater(entry: Closure, other: Closure | undefined): boolean {
  return other === undefined || endOf(entry) > endOf(other);
}

function isOver({ untilMs }: Closure, nowMs: number): boolean {
  return untilMs !== undefined && untilMs <= nowMs;
}

function endOf({ untilMs }: Closure): number {
  return untilMs ?? Number.POSITIVE_INFINITY;
}

function secondsOf({ fault, seconds }: AccountVerdict, known: Entry | undefined, nowMs: number): number | undefined {
  if (seconds !== undefined) return Math.min(Math.max(seconds, 0), MAX_NAMED_SECONDS);
  if (fault === 'slowed') return BURST_SECONDS;
  if (fault === 'overloaded') return doubled(known, fault, OVERLOADED_SECONDS, MAX_OVERLOADED_SECONDS, nowMs);
  if (fault === 'cooling') return doubled(known, fault, FIRST_SECONDS, MAX_SECONDS, nowMs);
  return fault === 'refused' ? undefined : UNPAID_SECONDS;
}

/** Refusals inside a window belong to requests that were under way, and do not lengthen it. */
function doubled(
  known: Entry | undefined,
  fault: AccountFault,
  firstSeconds: number,
  maxSeconds: number,
  nowMs: number,
): number {
  if (known?.fault !== fault || known.untilMs === undefined || nowMs - known.untilMs > FORGET_AFTER_MS) {
    return firstSeconds;
  }
  if (nowMs < known.untilMs) return (known.untilMs - nowMs) / 1_000;
  return Math.min(Math.max(known.seconds, firstSeconds / 2) * 2, maxSeconds);
}
