import { buildConnector } from 'undici';

/** Errors of connections that had been answered on before. */
const errorsOfUsed = new WeakSet<object>();

/** An answer came and cannot be parsed: the request has been worked on, and perhaps billed. */
const OF_AN_ANSWER = new Set(['HTTPParserError', 'HeadersOverflowError', 'ResponseContentLengthMismatchError']);

/** Connects as undici does, and remembers which errors hit a connection that was used before. */
export function rememberingConnector(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs });
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error) {
        callback(error, null);
        return;
      }
      const bytesBefore = socket.bytesRead;
      // Before undici's own listener, so that it is known by the time a request hears of it.
      socket.on('error', (cause: Error) => {
        if (socket.bytesRead > bytesBefore && !OF_AN_ANSWER.has(cause.name)) errorsOfUsed.add(cause);
      });
      callback(null, socket);
    });
}

/** True for the error of a connection that had been kept alive: it says nothing about the far side's health. */
export function hitKeptAliveConnection(error: unknown): boolean {
  return typeof error === 'object' && error !== null && errorsOfUsed.has(error);
}
