/** Whether an `accept-encoding` takes a coding: it is named, and not with a weight of 0. */
export function acceptsCoding(acceptEncoding: string | undefined, coding: 'gzip' | 'br'): boolean {
  const named = new RegExp(String.raw`(?:^|[\s,])${coding}\b(?!\s*;\s*q=0(\.0+)?\s*(,|$))`, 'i');
  return named.test(acceptEncoding ?? '');
}
