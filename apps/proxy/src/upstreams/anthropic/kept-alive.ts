import { buildConnector } from 'undici';

/** Errors of connections that were used before. */
const errorsOfUsed = new WeakSet<object>();

/** Errors of an answer that cannot be parsed: the request was processed, and perhaps billed. */
const OF_AN_ANSWER = new Set(['HTTPParserError', 'HeadersOverflowError', 'ResponseContentLengthMismatchError']);

/** Connects like undici, and remembers errors of connections that were used before. */
export function rememberingConnector(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs });
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error) {
        callback(error, null);
        return;
      }
      const bytesBefore = socket.bytesRead;
      // Runs before undici's own listener, so that the error is registered before the request fails.
      socket.on('error', (cause: Error) => {
        if (socket.bytesRead > bytesBefore && !OF_AN_ANSWER.has(cause.name)) errorsOfUsed.add(cause);
      });
      callback(null, socket);
    });
}

/** True for the error of a connection that had been kept alive: it says nothing about the upstream's health. */
export function hitKeptAliveConnection(error: unknown): boolean {
  return typeof error === 'object' && error !== null && errorsOfUsed.has(error);
}
