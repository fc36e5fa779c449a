/** The path parameters of every route that may name a user. */
export interface UserParams {
  Params: { user_id?: string };
}

/** Clients whose base URL ends in `/v1` ask for `/v1/v1/...`. */
const DOUBLED = /^\/v1(?=\/v1\/)/;
const USER_PREFIX = /^\/user\/[^/?]*(?=\/)/;
/** What a client writes that takes us for a forward proxy. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;
const DOUBLED_AT_START = /^((?:https?:\/\/[^/?#]*)?(?:\/user\/[^/?]*)?)\/v1(?=\/v1\/)/i;
const LAST_SLASH = /(?<=\/v1\/(?:chat\/completions|responses))\/(?=\?|$)/;
const FRAGMENT = /#.*$/s;
const QUERY = /^[^?#]*(\?[^#]*)/;

/** A route for everybody and per user. */
export function underEveryPrefix(path: string): string[] {
  return [path, `/user/:user_id${path}`];
}

/**
 * The URL that is looked up among the routes: without a doubled prefix, and without a slash at the end of the path, which
 * some clients of OpenAI's endpoints write. Routes for these spellings would double the routes, and with them a third of
 * the time of a start.
 */
export function routedUrl(url: string): string {
  return url.replace(DOUBLED_AT_START, '$1').replace(LAST_SLASH, '');
}

/** Path and query as the Anthropic API knows them: without the user, without a doubled prefix. */
export function pathOfApi(url: string): string {
  return url.replace(FRAGMENT, '').replace(ORIGIN, '').replace(USER_PREFIX, '').replace(DOUBLED, '');
}

/** The query with its question mark, or an empty text. */
export function queryOf(url: string): string {
  return QUERY.exec(url)?.[1] ?? '';
}
