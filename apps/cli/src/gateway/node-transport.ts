import type { IncomingMessage } from 'node:http';
import { AdminApiError, type Transport, type TransportAnswer } from '@claude-proxy/admin-client';

const MAX_REDIRECTS = 3;

/**
 * `node:http` in place of `fetch`: loading `fetch` takes 55 ms of CPU and 12 MB, a fifth of what `ccp status` may take.
 * It is not imported, because an import reads every export of the module, and two of them load `fetch`.
 */
export const nodeTransport: Transport = async (url, request) => {
  let target = url;
  for (let count = 0; ; count += 1) {
    const answer = await send(target, request);
    const location = locationOf(answer, target);
    if (location === undefined) return answerOf(answer, request.signal);
    answer.resume();
    // Another host would get the token.
    if (location.hostname !== target.hostname || request.method !== 'GET' || count === MAX_REDIRECTS)
      throw new AdminApiError(answer.statusCode!, `${target.origin} redirects to ${location.origin}`);
    target = location;
  }
};

type Request = Parameters<Transport>[1];

function send(url: URL, request: Request, isRetry = false): Promise<IncomingMessage> {
  const { method, body, signal } = request;
  const { request: open } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const size = body === null ? undefined : { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = open(url, { method, headers: { ...request.headers, ...size }, signal });
    sent.once('response', resolve);
    sent.once('error', (error: NodeJS.ErrnoException) => {
      if (signal.aborted) return reject(signal.reason);
      // The gateway closed an idle connection at the moment of its next use.
      const isClosed = sent.reusedSocket && error.code === 'ECONNRESET' && method === 'GET';
      if (isClosed && !isRetry) resolve(send(url, request, true));
      else reject(named(error));
    });
    sent.end(body ?? undefined);
  });
}

/** A name with several addresses fails with an error for each, and without a message of its own. */
function named(error: Error & { errors?: readonly Error[] }): Error {
  const reasons = error.errors?.map(({ message }) => message) ?? [];
  return reasons.length === 0 ? error : new Error(reasons.join(', '), { cause: error });
}

function locationOf({ statusCode = 0, headers: { location } }: IncomingMessage, base: URL): URL | undefined {
  if (statusCode < 300 || statusCode >= 400 || location === undefined) return undefined;
  return URL.canParse(location, base.href) ? new URL(location, base) : undefined;
}

function answerOf(message: IncomingMessage, signal: AbortSignal): TransportAnswer {
  return {
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? '',
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(', ') : (value ?? null);
    },
    async text() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of chunksOf(message, signal)) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
    chunks: () => chunksOf(message, signal),
  };
}

async function* chunksOf(message: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  try {
    yield* message;
  } catch {
    signal.throwIfAborted();
    throw new Error('the answer ended early');
  }
}
