/** Whether an `accept-encoding` takes gzip: it is named, and not with a weight of 0. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0+)?\s*(,|$))/i.test(acceptEncoding ?? '');
}
