import { urlOf } from './gateway-address.js';

const PATIENCE_MS = 20_000;

/** A refusal of the gateway, or none at all: then the status is 0. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Statuses beside 2xx whose body is an answer, not an error. */
  readonly alsoFine?: readonly number[];
  /** Tells nobody that the session is over: for the sign-in itself. */
  readonly isQuiet?: boolean;
}

const listeners = new Set<() => void>();

/** Called when the gateway no longer knows us. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellSignedOut(): void {
  for (const listener of listeners) listener();
}

/**
 * Asks the gateway with the session's cookie.
 *
 * @throws ApiError
 */
export async function callApi<T>(path: string, call: Call = {}): Promise<T> {
  const { method = 'GET', body, signal, alsoFine = [], isQuiet = false } = call;
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(urlOf(path), {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, error instanceof Error ? error.message : String(error));
  });
  if (response.ok || alsoFine.includes(response.status)) return readJson<T>(response);
  if (!isQuiet && (response.status === 401 || response.status === 403)) tellSignedOut();
  throw new ApiError(response.status, await messageOf(response));
}

async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text();
  try {
    return (text === '' ? undefined : JSON.parse(text)) as T;
  } catch {
    throw new ApiError(response.status, `no JSON: ${text.slice(0, 80)}`);
  }
}

async function messageOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error?: { message?: string } };
    return error?.message ?? response.statusText;
  } catch {
    return response.statusText || String(response.status);
  }
}
