import { routeOf } from '../route.js';

/** The links of the page to the stories of requests, in the order of its list. */
function storyLinks(): readonly HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>('#content a[href*="open="]')];
}

const isOf = (id: string) => (link: HTMLAnchorElement) => routeOf(link.hash).query.get('open') === id;

/** Undefined where the list has no such request, such as after a link from elsewhere. */
export function storyLink(id: string): HTMLAnchorElement | undefined {
  return storyLinks().find(isOf(id));
}

/** The link after that request in the list, or before it. */
export function neighborOf(id: string, by: 1 | -1): HTMLAnchorElement | undefined {
  const links = storyLinks();
  const index = links.findIndex(isOf(id));
  return index === -1 ? undefined : links[index + by];
}
