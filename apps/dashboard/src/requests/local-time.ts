/** A moment of an address as a `datetime-local` field shows it, in the zone of the browser. */
export function localOf(moment: string | undefined): string {
  const time = moment ? Date.parse(moment) : Number.NaN;
  if (Number.isNaN(time)) return '';
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The other way: an address is shared between zones, so it holds UTC. */
export function utcOfLocal(local: string): string {
  const time = Date.parse(local);
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}
