import { AnswerObserver } from '../../dist/apps/proxy/src/exchange/answer-observer.js';

const EVENTS = 1_000;
const ROUNDS = 60;
const HEADERS = ['content-type', 'text/event-stream; charset=utf-8'];

/**
 * The cost of observing one event, in microseconds: the median of rounds over a stream of 1,000 deltas, ten of them
 * per chunk as from a fast upstream, minus an empty loop over the same chunks.
 */
export function tapMicrosecondsPerEvent() {
  const delta =
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"twelve bytes"}}\n\n';
  const chunks = Array.from({ length: EVENTS / 10 }, () => Buffer.from(delta.repeat(10)));
  const rounds = Array.from(
    { length: ROUNDS },
    () => timed(chunks, new AnswerObserver(HEADERS)) - timed(chunks, { write() {} }),
  );
  return (median(rounds) * 1_000) / EVENTS;
}

function timed(chunks, reader) {
  const startedMs = performance.now();
  for (const chunk of chunks) reader.write(chunk);
  return performance.now() - startedMs;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
