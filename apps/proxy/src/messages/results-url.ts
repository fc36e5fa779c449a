const BATCH_OBJECT = /^\/v1\/messages\/batches(\/[^/?]+)?(\/cancel)?\/?(\?|$)/;
/** Each part has a limit: a page is up to 16 MB, and a pattern that may look to its end from everywhere takes hours. */
const RESULTS_URL = /("results_url"\s{0,8}:\s{0,8}")(https?:\/\/[^"]{1,2000}")/g;
const SCHEME_CHARACTERS = 'https://'.length;
const BATCHES = '/v1/messages/batches/';

/** True for answers that hold batch objects: create, list, get and cancel, but not the results themselves. */
export function isBatchObjectPath(path: string): boolean {
  return BATCH_OBJECT.test(path);
}

/**
 * Lets the absolute `results_url` of batch objects lead back to us: SDKs fetch exactly that URL with the caller's own
 * credential, past the gateway otherwise. Nothing else is changed.
 */
export function withOwnResultsUrls(body: Buffer, ownBaseUrl: string): Buffer {
  const text = body.toString();
  return Buffer.from(
    text.replace(RESULTS_URL, (_all, before: string, url: string) => before + withOrigin(ownBaseUrl, url)),
  );
}

function withOrigin(ownBaseUrl: string, url: string): string {
  const pathAt = url.indexOf(BATCHES, SCHEME_CHARACTERS);
  return pathAt === -1 ? url : ownBaseUrl + url.slice(pathAt);
}
