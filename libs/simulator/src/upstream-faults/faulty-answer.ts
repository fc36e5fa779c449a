import { type Behaviour, raw, type WireAnswer, wire } from '../behaviours.js';

/** A fault of one answer, caused by an upstream or by a machine in between. */
export interface UpstreamFault {
  readonly name: string;
  /** The fault in an answer of the requested form. */
  behaviour(isStream: boolean): Behaviour;
}

export const MEBIBYTE = 1024 * 1024;
export const JSON_TYPE = 'content-type: application/json';
export const STREAM_TYPE = 'content-type: text/event-stream; charset=utf-8';

const MODEL = 'claude-opus-5-5';
const USAGE = { input_tokens: 10, output_tokens: 5 };
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: MODEL,
  stop_reason: 'end_turn',
  usage: USAGE,
};

export function messageJson(text = 'Hello.'): string {
  return JSON.stringify({ ...MESSAGE, content: [{ type: 'text', text }] });
}

export function event(name: string, members: object = {}): string {
  return `event: ${name}\ndata: ${JSON.stringify({ type: name, ...members })}\n\n`;
}

export const START = event('message_start', { message: { ...MESSAGE, content: [], stop_reason: null } });
export const OPENED = `${START}${event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })}`;
export const STOP = [
  event('content_block_stop', { index: 0 }),
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
  event('message_stop'),
].join('');

export function delta(text: string): string {
  return event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
}

/** A complete message in the requested form. */
export function wholeBody(isStream: boolean, text = 'Hello.'): string {
  return isStream ? OPENED + delta(text) + STOP : messageJson(text);
}

export function typeOf(isStream: boolean): string {
  return isStream ? STREAM_TYPE : JSON_TYPE;
}

export function head(lines: readonly string[], status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Without length and chunks: the body ends when the connection is closed. */
export function untilClose(isStream: boolean, body: string | Buffer, more: readonly string[] = []): Behaviour {
  return wire([head([typeOf(isStream), 'connection: close', ...more]), body], 'fin');
}

export function onWire(
  name: string,
  ending: WireAnswer['ending'],
  pieces: (isStream: boolean) => Iterable<string | Buffer>,
): UpstreamFault {
  return { name, behaviour: (isStream) => wire(pieces(isStream), ending) };
}

export function answered(name: string, behaviour: (isStream: boolean) => Behaviour): UpstreamFault {
  return { name, behaviour };
}

/** A refusal with this status whose JSON has this many bytes. */
export function largeRefusal(status: number, bytes: number): Behaviour {
  const of = (message: string) =>
    JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message }, request_id: 'req_1' });
  const body = of('x'.repeat(Math.max(0, bytes - of('').length)));
  return raw({ status, headers: { 'content-type': 'application/json', 'content-length': `${body.length}` }, body });
}
