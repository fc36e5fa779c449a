/** The path parameters of every route that may name a user. */
export interface UserParams {
  Params: { user_id?: string };
}

/** Clients whose base URL ends in `/v1` ask for `/v1/v1/...`. */
const DOUBLED = /^\/v1(?=\/v1\/)/;
const USER_PREFIX = /^\/user\/[^/?]*(?=\/)/;
/** What a client writes that takes us for a forward proxy. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;
const LAST_SLASH = /(?<=\/v1\/(?:chat\/completions|responses))\/(?=\?|$)/;
const FRAGMENT = /#.*$/s;
const QUERY = /^[^?#]*(\?[^#]*)/;

/** A route for everybody and per user, also with the prefix doubled by a base URL that ends in `/v1`. */
export function underEveryPrefix(path: string): string[] {
  const paths = path.startsWith('/v1/') ? [path, `/v1${path}`] : [path];
  return paths.flatMap((each) => [each, `/user/:user_id${each}`]);
}

/** The URL without a slash at the end of the path, which some clients of OpenAI's endpoints write. */
export function withoutLastSlash(url: string): string {
  return url.replace(LAST_SLASH, '');
}

/** Path and query as the Anthropic API knows them: without the user, without a doubled prefix. */
export function pathOfApi(url: string): string {
  return url.replace(FRAGMENT, '').replace(ORIGIN, '').replace(USER_PREFIX, '').replace(DOUBLED, '');
}

/** The query with its question mark, or an empty text. */
export function queryOf(url: string): string {
  return QUERY.exec(url)?.[1] ?? '';
}
