import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../exchange/gateway-error.js';

const CUT_OFF = Symbol('cut off');

/** Aborts when the client is gone before its answer is complete, or when the gateway has to end before that. */
export function abortOnHangUp(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the client has left'));
  });
  response.once(CUT_OFF, (reason: GatewayError) => controller.abort(reason));
  return controller.signal;
}

/** Calls back when the answer has to end early, before the upstream is aborted. */
export function onCutOff(response: ServerResponse, listener: (reason: GatewayError) => void): void {
  response.prependOnceListener(CUT_OFF, listener);
}

/** Ends an answer early: in the form of its dialect, and where nothing here writes one, by breaking the connection. */
export function cutOff(response: ServerResponse, reason: GatewayError): void {
  if (!response.emit(CUT_OFF, reason)) response.destroy();
}
