import { type Behaviour, endlessWire, wire } from '../behaviours.js';
import {
  answered,
  delta,
  event,
  head,
  MEBIBYTE,
  OPENED,
  START,
  STOP,
  STREAM_TYPE,
  type UpstreamFault,
  untilClose,
  wholeBody,
} from './faulty-answer.js';

const OVERLOADED = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
const HEAD = head([STREAM_TYPE, 'connection: close']);
const LARGE_EVENT_BYTES = 50 * MEBIBYTE;

function streamed(name: string, body: () => string): UpstreamFault {
  return answered(name, () => untilClose(true, body()));
}

function endless(name: string, start: string, more: string): UpstreamFault {
  return answered(name, () =>
    endlessWire(function* () {
      yield HEAD + start;
      const many = more.repeat(Math.ceil((64 * 1024) / more.length));
      while (true) yield many;
    }),
  );
}

function open(name: string, body: string): UpstreamFault {
  return answered(name, (): Behaviour => wire([HEAD, body], 'open'));
}

/** Unexpected event streams. A request for JSON gets the stream as well. */
export const STREAM_FAULTS: readonly UpstreamFault[] = [
  streamed('an error as the first event', () => OVERLOADED),
  open('an error as the first event, and no end', OVERLOADED),
  streamed('a stream without its last event', () => OPENED + delta('Hello')),
  open('a complete stream without an end', wholeBody(true)),
  endless('a complete stream with more after it', wholeBody(true), ': more\n\n'),
  streamed('an event of 50 MB', () => OPENED + delta('x'.repeat(LARGE_EVENT_BYTES)) + STOP),
  streamed(
    'a line of 50 MB that does not end',
    () => `${OPENED}event: content_block_delta\ndata: {"x":"${'x'.repeat(LARGE_EVENT_BYTES)}`,
  ),
  streamed(
    'an event of 100,000 lines',
    () => `${OPENED}event: content_block_delta\n${'data: \n'.repeat(100_000)}\n${STOP}`,
  ),
  streamed('lines that end in CR alone', () => wholeBody(true).replaceAll('\n', '\r')),
  streamed('events that are not JSON', () => `${OPENED}event: content_block_delta\ndata: {"type":\n\n${STOP}`),
  streamed('events without names', () => wholeBody(true).replaceAll(/^event: .*\n/gm, '')),
  streamed('NULs between events', () => `${START}${'\0'.repeat(1_000)}\n\n${wholeBody(true).slice(START.length)}`),
  endless('pings without end', START, event('ping')),
  endless('events without content and without end', OPENED, event('something_new', { padding: ' '.repeat(2_000) })),
  endless('comments without end', '', ':\n'),
];
