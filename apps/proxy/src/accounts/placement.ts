/** An account as a place for new sessions. */
export interface Place {
  readonly id: string;
  /** Of the organization, divided among its keys: two keys of one organization are one quota. */
  readonly weight: number;
  readonly organization: string;
}

/**
 * Weighted rendezvous hashing: the account with the highest score is the home of a session. Every task comes to the same
 * result without asking, and a change of one account moves only the sessions of that account.
 * Source: https://datatracker.ietf.org/doc/html/draft-ietf-bess-weighted-hrw
 *
 * @param session a hash in hex
 */
export function rankedPlaces<Each extends Place>(places: readonly Each[], session: string): Each[] {
  const seed = Number.parseInt(session.slice(0, 8), 16) >>> 0;
  return places
    .map((place) => ({ place, score: scoreOf(place, seed) }))
    .sort((a, b) => b.score - a.score || (a.place.id < b.place.id ? -1 : 1))
    .map(({ place }) => place);
}

/** How many live sessions an organization may have before a new one goes to the next: its share and 15 percent. */
export function capacityOf(organizationWeight: number, totalWeight: number, liveSessions: number): number {
  const share = totalWeight > 0 ? organizationWeight / totalWeight : 1;
  return Math.max(1, Math.floor(Math.ceil((liveSessions + 1) * share) * 1.15));
}

function scoreOf({ id, weight }: Place, seed: number): number {
  const hash = mixed(id, seed);
  // From (0, 1), never 0 or 1, so that the logarithm is finite and negative.
  const unit = (hash + 0.5) / 4_294_967_296;
  return weight <= 0 ? Number.NEGATIVE_INFINITY : -weight / Math.log(unit);
}

/** FNV-1a over the id, with the finalizer of MurmurHash3: even for ids that differ in one character. */
function mixed(id: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
