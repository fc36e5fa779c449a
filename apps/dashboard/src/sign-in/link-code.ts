/** `/ui/#token=…`, as the gateway shows it in a terminal when it starts. */
const LINK = /^#\/?token=([\w-]+)$/;

/** The code of a sign-in link. It leaves the address at once, which is shown, copied and kept in the history. */
export function takeLinkCode(): string | undefined {
  const code = LINK.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(null, '', `${location.pathname}${location.search}`);
  return code;
}
