import type { ServerResponse } from 'node:http';

/** Aborts when the client is gone before its answer is complete. */
export function abortOnHangUp(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the client has left'));
  });
  return controller.signal;
}
