import { request } from 'node:http';
import { MESSAGE } from './post-json.js';

/** The end of a request, as seen by a client. */
export type Sight = 'answered' | 'error event' | 'broken' | 'no end' | `${number}`;

export interface Caller {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const { model, messages } = MESSAGE;
const chat = { model, messages };
const input = { model, input: 'hello' };

/** The endpoints for a message. */
export const CALLERS = {
  messages: { path: '/v1/messages', body: MESSAGE },
  'messages, streamed': { path: '/v1/messages', body: { ...MESSAGE, stream: true } },
  chat: { path: '/v1/chat/completions', body: chat },
  'chat, streamed': { path: '/v1/chat/completions', body: { ...chat, stream: true } },
  responses: { path: '/v1/responses', body: input },
  'responses, streamed': { path: '/v1/responses', body: { ...input, stream: true } },
} satisfies Record<string, Caller>;
export type CallerName = keyof typeof CALLERS;

const TAIL_LENGTH = 2_000;
/** An event of Anthropic, an error of a chat, a failed response. */
const ERROR_AT_THE_END = /^event: error|^data: \{"error":|"status":"failed"/m;

/** Sends a request with this credential, and keeps only the end of the answer, which can be long. */
export function sightOf(port: number, { path, body }: Caller, key: string, patienceMs: number): Promise<Sight> {
  const { promise, resolve } = Promise.withResolvers<Sight>();
  const credential = path === '/v1/messages' ? { 'x-api-key': key } : { authorization: `Bearer ${key}` };
  const headers = { ...credential, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
  const asking = request({ host: '127.0.0.1', port, method: 'POST', path, agent: false, headers }, (response) => {
    let tail = '';
    response.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - TAIL_LENGTH))).slice(-TAIL_LENGTH);
    });
    response.once('error', () => resolve('broken'));
    response.once('end', () => {
      if (response.statusCode !== 200) resolve(`${response.statusCode!}`);
      else resolve(ERROR_AT_THE_END.test(tail) ? 'error event' : 'answered');
    });
  });
  const patience = setTimeout(() => resolve('no end'), patienceMs);
  asking.once('error', () => resolve('broken'));
  asking.end(JSON.stringify(body));
  return promise.finally(() => {
    clearTimeout(patience);
    asking.destroy();
  });
}
