import { endlessWire } from '../behaviours.js';
import {
  answered,
  head,
  MEBIBYTE,
  messageJson,
  onWire,
  typeOf,
  type UpstreamFault,
  wholeBody,
} from './faulty-answer.js';

const lengthOf = (isStream: boolean) => wholeBody(isStream).length;
const chunkOf = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** Faults where the bytes are not HTTP, or where the headers are wrong about them. */
export const FRAMING_FAULTS: readonly UpstreamFault[] = [
  onWire('bytes that are not HTTP', 'fin', () => [Buffer.from('16030300020128deadbeef00ff', 'hex')]),
  onWire('the banner of another protocol', 'open', () => ['SSH-2.0-OpenSSH_9.9\r\n']),
  onWire('a status line without a version', 'open', () => ['200 OK\r\n\r\n']),
  onWire('a status of two digits', 'open', () => [`HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n`]),
  onWire('a status that is not a number', 'open', () => ['HTTP/1.1 abc OK\r\ncontent-length: 0\r\n\r\n']),
  onWire('an unknown version of HTTP', 'open', () => ['HTTP/9.9 200 OK\r\ncontent-length: 0\r\n\r\n']),
  onWire('a content-length that is too long', 'fin', (isStream) => [
    head([typeOf(isStream), `content-length: ${lengthOf(isStream) + 100}`]),
    wholeBody(isStream),
  ]),
  onWire('a content-length that is too short', 'open', (isStream) => [
    head([typeOf(isStream), `content-length: ${lengthOf(isStream) - 20}`]) + wholeBody(isStream),
  ]),
  onWire('two different content-lengths', 'open', (isStream) => [
    head([typeOf(isStream), `content-length: ${lengthOf(isStream)}`, 'content-length: 5']) + wholeBody(isStream),
  ]),
  onWire('a content-length that is not a number', 'open', (isStream) => [
    head([typeOf(isStream), 'content-length: -1']) + wholeBody(isStream),
  ]),
  onWire('content-length and transfer-encoding', 'open', (isStream) => [
    head([typeOf(isStream), 'content-length: 5', 'transfer-encoding: chunked']) + chunkOf(wholeBody(isStream)),
  ]),
  onWire('a chunk size that is not a number', 'open', (isStream) => [
    head([typeOf(isStream), 'transfer-encoding: chunked']),
    `zz\r\n${wholeBody(isStream)}\r\n`,
  ]),
  onWire('a chunk size of 2^68', 'open', (isStream) => [
    head([typeOf(isStream), 'transfer-encoding: chunked']),
    `fffffffffffffffff\r\n${wholeBody(isStream)}\r\n`,
  ]),
  onWire('a header of 1 MB', 'open', (isStream) => [head([typeOf(isStream), `x-long: ${'x'.repeat(MEBIBYTE)}`])]),
  answered('headers without end', () =>
    endlessWire(function* () {
      yield 'HTTP/1.1 200 OK\r\n';
      while (true) yield 'x-more: and more\r\n'.repeat(100);
    }),
  ),
  answered('interim responses without end', () =>
    endlessWire(function* () {
      while (true) yield 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
    }),
  ),
  onWire('a switch of protocols', 'open', () => [
    head(['connection: upgrade', 'upgrade: websocket'], '101 Switching Protocols'),
  ]),
  onWire('a 204 with a body', 'open', (isStream) => [
    head([typeOf(isStream), `content-length: ${lengthOf(isStream)}`], '204 No Content') + wholeBody(isStream),
  ]),
  onWire('a 304 with a body', 'open', (isStream) => [
    head([typeOf(isStream), `content-length: ${lengthOf(isStream)}`], '304 Not Modified') + wholeBody(isStream),
  ]),
  onWire('a second answer after the first', 'open', (isStream) => {
    const { length } = wholeBody(isStream);
    const first = head([typeOf(isStream), `content-length: ${length}`]) + wholeBody(isStream);
    const forged = messageJson('FORGED');
    return [first + head(['content-type: application/json', `content-length: ${forged.length}`]) + forged];
  }),
];
