/** A moment of an address as a `datetime-local` field shows it, in this zone. */
export function localOf(moment: string | undefined, timeZone: string): string {
  const time = moment ? Date.parse(moment) : Number.NaN;
  if (Number.isNaN(time)) return '';
  return new Date(time + offsetMs(time, timeZone)).toISOString().slice(0, 16);
}

/** The other way: an address is shared between zones, so it holds UTC. */
export function utcOfLocal(local: string, timeZone: string): string {
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc)) return '';
  // The offset is that of the moment, which is known only by an offset: the second look is right also beside a change of clocks.
  const near = asUtc - offsetMs(asUtc, timeZone);
  return new Date(asUtc - offsetMs(near, timeZone)).toISOString();
}

/** How far the clocks of the zone are ahead of UTC. */
function offsetMs(time: number, timeZone: string): number {
  // Swedish times are written as ISO 8601 has them.
  const clock = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(time);
  return Date.parse(`${clock.replace(' ', 'T')}Z`) - Math.floor(time / 1_000) * 1_000;
}
