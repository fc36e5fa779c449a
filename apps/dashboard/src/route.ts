import { useEffect, useState } from 'preact/hooks';

export const PAGES = [
  'overview',
  'money',
  'users',
  'requests',
  'sessions',
  'limits',
  'accounts',
  'masking',
  'access',
  'audit',
  'me',
  'connect',
  'settings',
] as const;
export type Page = (typeof PAGES)[number];

export interface Route {
  readonly page: Page;
  /** `#/users/alice` */
  readonly argument: string | undefined;
  readonly query: URLSearchParams;
}

/** Everything stands behind the `#`, so the gateway needs no routes for the page's inside. */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [first, second] = path.split('/', 2);
  const page = PAGES.find((each) => each === first) ?? 'overview';
  return { page, argument: second ? decoded(second) : undefined, query: new URLSearchParams(query) };
}

export function hashOf(page: Page, argument?: string, query?: Readonly<Record<string, string>>): string {
  const path = argument === undefined ? page : `${page}/${encodeURIComponent(argument)}`;
  const search = new URLSearchParams(query).toString();
  return `#/${path}${search === '' ? '' : `?${search}`}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const onChange = () => setRoute(routeOf(location.hash));
    window.addEventListener('hashchange', onChange);
    return () => window.removeEventListener('hashchange', onChange);
  }, []);
  return route;
}

/** Changes the query of the present page; the browser's back button undoes it. */
export function pushQuery(route: Route, query: Readonly<Record<string, string>>): void {
  location.hash = hashOf(route.page, route.argument, query);
}

/** Changes the query of the present page without a new entry in the history. */
export function replaceQuery(route: Route, query: Readonly<Record<string, string>>): void {
  replaceHash(hashOf(route.page, route.argument, query));
}

/** Goes to another address of this page without a new entry in the history. */
export function replaceHash(hash: string): void {
  if (hash === location.hash) return;
  history.replaceState(null, '', hash);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
