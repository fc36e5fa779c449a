const BATCH_OBJECT = /^\/v1\/messages\/batches(\/[^/?]+)?(\/cancel)?\/?(\?|$)/;
const RESULTS_URL = /("results_url"\s*:\s*")https?:\/\/[^"/]+[^"]*?(\/v1\/messages\/batches\/[^"]+")/g;

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
    text.replace(RESULTS_URL, (_all, before: string, path: string) => `${before}${ownBaseUrl}${path}`),
  );
}
