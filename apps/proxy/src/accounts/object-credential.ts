import type { ObjectCredential } from '@claude-proxy/upstream';
import type { Account } from './account.js';
import type { Closure } from './account-closures.js';
import { rankedPlaces } from './placement.js';
import type { PoolState } from './pool-state.js';

/** Limits of messages do not concern objects. */
const OF_OBJECTS = new Set<Closure['fault']>(['refused', 'unpaid']);
/** No model: objects have groups of their own. */
const ANY_MODEL = '';

/**
 * A key for objects: of the workspace of their account, or of the first place for new objects of this session. New objects
 * pass by an account that cannot serve; existing ones cannot.
 */
export function objectCredentialOf(
  pool: PoolState,
  session: string,
  accountId: string | undefined,
): ObjectCredential | undefined {
  const known = accountId === undefined ? undefined : pool.list.withId(accountId);
  if (accountId !== undefined) return ofWorkspace(pool, accountId, known);
  const places = rankedPlaces(pool.list.tierFor(ANY_MODEL).places, session).map(({ account }) => account);
  const place = places.find((account) => !closureOf(pool, account)) ?? places[0];
  return place ? { credential: place.credential } : { refusal: 'no account is active' };
}

function ofWorkspace(pool: PoolState, id: string, known: Account | undefined): ObjectCredential {
  const { workspace } = pool.list.ownersOf({ id });
  const members = pool.list.all.filter((account) => pool.list.ownersOf(account).workspace === workspace);
  const usable = members.filter((account) => account.operatorState !== 'paused' && !closureOf(pool, account));
  const account = usable.find((each) => each.id === id) ?? usable[0];
  if (account) return { credential: account.credential };
  if (members.length === 0) return { refusal: 'the account was removed' };
  const { name, operatorState } = known ?? members[0]!;
  return { refusal: `${name} is ${operatorState === 'active' ? closureOf(pool, members[0]!)!.fault : operatorState}` };
}

function closureOf(pool: PoolState, account: Account): Closure | undefined {
  const closure = pool.closures.closureOf(pool.list.ownersOf(account), [], pool.nowMs());
  return closure && OF_OBJECTS.has(closure.fault) ? closure : undefined;
}
