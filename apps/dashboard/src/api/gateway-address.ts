/** The page lives at `<gateway>/ui/`, maybe behind a path prefix; everything it asks is one step up. */
const gateway = new URL('../', document.baseURI);

/** What clients are pointed at: without a slash at the end. */
export const gatewayAddress = `${gateway.origin}${gateway.pathname}`.replace(/\/+$/, '');

export function urlOf(path: string): URL {
  return new URL(path, gateway);
}
