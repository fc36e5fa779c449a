import { resetBeforeHeaders, wire } from '../behaviours.js';
import { answered, head, onWire, typeOf, type UpstreamFault, wholeBody } from './faulty-answer.js';

const HALF_A_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: applica';
const half = (isStream: boolean) => wholeBody(isStream).slice(0, 150);
const announced = (isStream: boolean) => head([typeOf(isStream), `content-length: ${wholeBody(isStream).length}`]);
const chunked = (isStream: boolean) => head([typeOf(isStream), 'transfer-encoding: chunked']);

/** Faults where the connection ends too early. */
export const CONNECTION_FAULTS: readonly UpstreamFault[] = [
  answered('a reset before the head', () => resetBeforeHeaders()),
  answered('an end before the head', () => wire([], 'fin')),
  onWire('a reset within the head', 'reset', () => [HALF_A_HEAD]),
  onWire('an end within the head', 'fin', () => [HALF_A_HEAD]),
  onWire('a reset after the head', 'reset', (isStream) => [announced(isStream)]),
  onWire('an end after the head', 'fin', (isStream) => [announced(isStream)]),
  onWire('a reset within the body', 'reset', (isStream) => [announced(isStream), half(isStream)]),
  onWire('an end within the body', 'fin', (isStream) => [announced(isStream), half(isStream)]),
  onWire('an end within a chunk', 'fin', (isStream) => [chunked(isStream), 'fff\r\n', half(isStream)]),
  onWire('an end without the last chunk', 'fin', (isStream) => [chunked(isStream), `96\r\n${half(isStream)}\r\n`]),
  onWire('a 429 whose body is reset', 'reset', () => [
    head(['content-type: application/json', 'content-length: 900', 'retry-after: 30'], '429 Too Many Requests'),
    '{"type":"error","error":{"type":"rate_li',
  ]),
];
