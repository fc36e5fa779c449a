/** What a relayed request does, as far as masking has to know. */
export type RelayedAct =
  | { readonly act: 'create-batch' | 'upload' | 'other' }
  | { readonly act: 'read-results'; readonly id: string };

const RESULTS = /^\/v1\/messages\/batches\/([^/?]+)\/results(?:\/?(?:\?|$))/;
const CREATE = /^\/v1\/messages\/batches\/?(?:\?|$)/;
const UPLOAD = /^\/v1\/(?:files|skills)(?:[/?]|$)/;

export function relayedActOf(method: string, path: string): RelayedAct {
  const id = RESULTS.exec(path)?.[1];
  if (id !== undefined) return { act: 'read-results', id };
  if (method !== 'POST') return { act: 'other' };
  if (CREATE.test(path)) return { act: 'create-batch' };
  return { act: UPLOAD.test(path) ? 'upload' : 'other' };
}
