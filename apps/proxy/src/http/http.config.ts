import { headerNames, wholeNumber } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';
import { MAX_BODY_BYTES } from './request-body.js';

export const httpSection = section('http', 'Bodies, headers and streams.', {
  pingAfterSeconds: setting(
    'PING_AFTER_SECONDS',
    wholeNumber(1, 300),
    'A stream that is silent for so long, also before its answer, gets its head and a `ping` event (OpenAI: a comment), so that no proxy on the way closes it.',
    '15',
  ),
  maxBufferedBytes: setting(
    'MAX_BUFFERED_BYTES',
    wholeNumber(MAX_BODY_BYTES, 64 * 1024 ** 3),
    'Bytes of request bodies in memory at once, and of what is made of them; beyond it: 503 `overloaded_error` with `retry-after`. The last quarter, at least 32 MiB, is kept for addresses and credentials that hold less than that.',
    String(256 * 1024 * 1024),
  ),
  bodyTimeoutSeconds: setting(
    'BODY_TIMEOUT_SECONDS',
    wholeNumber(1, 3_600),
    'A request body that brings less than 16 KiB in so long is broken off; one that flows may take as long as it needs.',
    '30',
  ),
  forwardedHeaders: setting(
    'FORWARDED_HEADERS',
    headerNames,
    'Further request headers that go on to an upstream, beside those that Claude Code and the SDKs send. All others end at the gateway.',
    '',
  ),
});

export type HttpConfig = ConfigOf<typeof httpSection>;
