import {
  type Failure,
  headerOf,
  type SendOptions,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { type HoldTerms, SilenceError, type Start, startOfStream } from './held-stream.js';
import type { NamedUpstream } from './upstream.registry.js';

/** Errors that are the request's own: another upstream would find them, too. */
const OF_THE_REQUEST = new Set([
  ...['invalid_request_error', 'authentication_error', 'permission_error', 'not_found_error', 'request_too_large'],
  ...['conflict_error'],
]);
const FAILURE_BY_TYPE: ReadonlyMap<string, Failure> = new Map([
  ['rate_limit_error', 'rate_limited'],
  ['billing_error', 'rate_limited'],
  ['overloaded_error', 'overloaded'],
]);

/**
 * Sends a request for a stream, and resolves once the answer is known to have content. Where a stream breaks, falls silent
 * or brings an `error` event before that, the client has got nothing yet, so it is a failure like any other.
 *
 * @throws UpstreamError, and what the provider throws
 */
export async function sendUntilContent(
  upstream: NamedUpstream,
  request: UpstreamRequest,
  options: SendOptions,
  terms: HoldTerms,
): Promise<UpstreamAnswer> {
  const answer = await answeredInTime(upstream, request, options, terms.maxSilenceMs);
  if (!headerOf(answer.headers, 'content-type')?.startsWith('text/event-stream')) return answer;
  const start = await unlessAborted(startOfStream(answer, terms), options.signal);
  if (start.kind === 'content') return { ...answer, body: start.body };
  throw errorOfStart(upstream.name, answer, start);
}

/** Aborts the request if no answer comes in time; a stream has no reason to be silent. */
async function answeredInTime(
  { name, provider }: NamedUpstream,
  request: UpstreamRequest,
  options: SendOptions,
  maxSilenceMs: number,
): Promise<UpstreamAnswer> {
  const attempt = new AbortController();
  const leave = () => attempt.abort(options.signal.reason);
  options.signal.addEventListener('abort', leave, { once: true });
  if (options.signal.aborted) leave();
  const silence = Promise.withResolvers<never>();
  const alarm = setTimeout(() => {
    silence.reject(errorOfSilence(name, maxSilenceMs));
    attempt.abort();
  }, maxSilenceMs).unref();
  try {
    const sent = provider.send(request, { ...options, signal: attempt.signal });
    return await Promise.race([sent, silence.promise]);
  } finally {
    clearTimeout(alarm);
  }
}

/** A body that was aborted emits nothing more, not even its end. */
function unlessAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new UpstreamError({ failure: 'aborted', message: 'the client has disconnected' }));
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

function errorOfStart(
  name: string,
  answer: UpstreamAnswer,
  start: Exclude<Start, { readonly kind: 'content' }>,
): UpstreamError {
  const begun: UpstreamAnswer = { ...answer, body: start.body };
  if (start.kind === 'error') {
    const type = errorTypeIn(start.data);
    const failure = OF_THE_REQUEST.has(type) ? 'rejected' : (FAILURE_BY_TYPE.get(type) ?? 'unreachable');
    const message = `${name} sent ${type} before its first content`;
    return new UpstreamError({ failure, message, isBrokenOff: failure !== 'rejected', answer: begun });
  }
  return new UpstreamError({
    failure: 'unreachable',
    message: `${name} broke off before its first content: ${start.error.message}`,
    // A client has waited for minutes then, and would for as long again.
    isBrokenOff: !(start.error instanceof SilenceError),
    ...(start.hasBegun ? { answer: begun } : {}),
    cause: start.error,
  });
}

/** Only a name is kept: the rest may quote the request. */
function errorTypeIn(data: string): string {
  try {
    const { type } = JSON.parse(data).error;
    return /^\w{1,60}$/.test(type) ? type : 'an error';
  } catch {
    return 'an error';
  }
}

function errorOfSilence(name: string, maxSilenceMs: number): UpstreamError {
  const message = `${name} sent nothing for ${maxSilenceMs / 1_000} s`;
  return new UpstreamError({ failure: 'unreachable', message });
}
