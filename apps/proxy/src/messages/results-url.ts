import { setImmediate } from 'node:timers/promises';

const BATCH_OBJECT = /^\/v1\/messages\/batches(\/[^/?]+)?(\/cancel)?\/?(\?|$)/;
/** Each part has a limit: a page is up to 16 MB, and a pattern that may look to its end from everywhere takes hours. */
const RESULTS_URL = /("results_url"\s{0,8}:\s{0,8}")(https?:\/\/[^"]{1,2000}")/g;
/** Three for each URL. */
const PARTS_OF_A_TURN = 60_000;
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
export async function withOwnResultsUrls(body: Buffer, ownBaseUrl: string): Promise<Buffer> {
  // A character per byte: bytes that are not UTF-8 stay what they are.
  const text = body.toString('latin1');
  const parts: string[] = [];
  let at = 0;
  for (const { index, 0: all, 1: before = '', 2: url = '' } of text.matchAll(RESULTS_URL)) {
    parts.push(text.slice(at, index), before, withOrigin(ownBaseUrl, url));
    at = index + all.length;
    // A page that is full of them would hold the event loop for 300 ms.
    if (parts.length % PARTS_OF_A_TURN === 0) await setImmediate();
  }
  return at === 0 ? body : Buffer.from(parts.join('') + text.slice(at), 'latin1');
}

function withOrigin(ownBaseUrl: string, url: string): string {
  const pathAt = url.indexOf(BATCHES, SCHEME_CHARACTERS);
  return pathAt === -1 ? url : ownBaseUrl + url.slice(pathAt);
}
