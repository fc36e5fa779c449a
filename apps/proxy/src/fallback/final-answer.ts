import type { UpstreamError } from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';

/** How one upstream has failed. */
export interface FailedUpstream {
  readonly name: string;
  readonly error: UpstreamError;
  /** It does not take this kind of request, so nothing was sent to it. */
  readonly isUnfit: boolean;
}

/** What is known when every upstream has failed. */
export interface Ending {
  /** In the order of the chain. */
  readonly failed: readonly FailedUpstream[];
  /** The first name of the chain. */
  readonly firstChoice: string;
  readonly isDrill: boolean;
}

export type FinalAnswer =
  /** The refusal of this upstream; `isFinal` says that asking again is useless. */
  | { readonly act: 'hand_on'; readonly upstream: FailedUpstream; readonly isFinal: boolean }
  | { readonly act: 'refuse'; readonly error: GatewayError };

/** Claude Code waits for a `retry-after` of up to 59 s, and takes a longer one for final. */
const MAX_MOMENT_SECONDS = 59;
/** Where a fallback upstream names no time: a throttle by the minute passes in seconds. */
const MOMENT_SECONDS = 5;
/** A window that the client may wait for itself, although no other upstream can serve its request. */
const SHORT_WINDOW_SECONDS = 10;

/**
 * What the client gets when every upstream has failed: the answer on which it can act best. The first row that holds:
 *
 * | what happened                                                 | the client gets                                     |
 * |---------------------------------------------------------------|-----------------------------------------------------|
 * | an upstream refused in a way that only the client can act on (a prompt too long, a thread that is not held there, its own mistake) | that refusal, as it came |
 * | the operator has no credential for the first choice           | 429 if another one passes in a moment, else the refusal of another one, else 503 with every cause |
 * | the first choice refused the request                          | that refusal, as it came                            |
 * | the first choice is limited, no other takes such a request    | its refusal, or a 429, with `x-should-retry: false`; a window of up to 10 s is left to the client |
 * | a fallback upstream is throttled or overloaded for a moment   | 429 with a `retry-after` under a minute, whatever window the first choice has |
 * | the first choice gave an answer                               | that answer, as it came                             |
 * | none gave one                                                 | an error that names every cause                     |
 */
export function finalAnswer(ending: Ending): FinalAnswer {
  const { failed, firstChoice } = ending;
  const forClient = failed.find(({ error }) => error.isForCaller && error.answer);
  if (forClient) return handOn(forClient);
  const first = failed.find(({ name }) => name === firstChoice);
  if (first?.error.isCredentialMissing) return answerWithout(first, ending);
  if (first?.error.failure === 'rejected' && first.error.answer) return handOn(first);
  const others = failed.filter((each) => each !== first);
  if (first?.error.failure === 'rate_limited' && others.length > 0 && others.every(({ isUnfit }) => isUnfit)) {
    return endOf(first, ending);
  }
  const seconds = momentOf(others);
  if (seconds !== undefined) return refuse(passing(ending, seconds));
  return first?.error.answer ? handOn(first) : refuse(allUpstreamsFailed(ending));
}

function answerWithout(first: FailedUpstream, ending: Ending): FinalAnswer {
  const others = ending.failed.filter((each) => each !== first);
  const seconds = momentOf(others);
  if (seconds !== undefined) return refuse(passing(ending, seconds));
  const refused = others.find(({ error }) => error.answer);
  return refused ? handOn(refused) : refuse(misconfigured(ending));
}

/** Not 401: the key of the caller is valid, and people would replace it. */
function misconfigured(ending: Ending): GatewayError {
  return new GatewayError({
    type: 'api_error',
    status: 503,
    message: `This gateway has no upstream that can serve the request: ${causesOf(ending)}. Your own key is not the cause.`,
    isWorthRetrying: false,
  });
}

/** The client left before there was anything to answer with; only the records show it. */
export function clientDisconnected(): GatewayError {
  return new GatewayError({
    type: 'invalid_request_error',
    message: 'The client disconnected before the request was sent to an upstream.',
  });
}

function handOn(upstream: FailedUpstream, isFinal = false): FinalAnswer {
  return { act: 'hand_on', upstream, isFinal };
}

function refuse(error: GatewayError): FinalAnswer {
  return { act: 'refuse', error };
}

/** Retrying would meet the same limit, while the client's own user waits. */
function endOf(first: FailedUpstream, ending: Ending): FinalAnswer {
  const { answer, retryAfterSeconds, isWorthWaiting } = first.error;
  const isShort = isWorthWaiting && (retryAfterSeconds ?? Number.POSITIVE_INFINITY) <= SHORT_WINDOW_SECONDS;
  if (answer) return handOn(first, !isShort);
  const what = ending.isDrill ? 'This rate limit is simulated (drill)' : `${first.name} is rate limited`;
  return refuse(
    new GatewayError({
      type: 'rate_limit_error',
      message: `${what}, and no other upstream can serve this request: ${causesOf(ending)}`,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterSeconds) }),
      isWorthRetrying: false,
    }),
  );
}

/** In how many seconds a fallback upstream may answer; undefined where none has refused for a moment only. */
function momentOf(others: readonly FailedUpstream[]): number | undefined {
  const passing = others.filter(
    ({ error, isUnfit }) =>
      !isUnfit && error.isWorthWaiting && (error.failure === 'rate_limited' || error.failure === 'overloaded'),
  );
  const seconds = Math.min(...passing.map(({ error }) => error.retryAfterSeconds ?? MOMENT_SECONDS));
  return seconds <= MAX_MOMENT_SECONDS ? Math.max(1, Math.ceil(seconds)) : undefined;
}

function passing(ending: Ending, retryAfterSeconds: number): GatewayError {
  const what = ending.isDrill ? 'This rate limit is simulated (drill). ' : '';
  return new GatewayError({
    type: 'rate_limit_error',
    message: `${what}No upstream can answer at the moment: ${causesOf(ending)}`,
    retryAfterSeconds,
  });
}

/** None of the upstreams left an answer that could be handed on. */
function allUpstreamsFailed(ending: Ending): GatewayError {
  const causes = causesOf(ending);
  if (ending.isDrill) return drillFailed(ending, causes);
  const error = ending.failed[0]?.error;
  switch (error?.failure) {
    case 'rate_limited':
      return new GatewayError({
        type: 'rate_limit_error',
        message: `Every upstream is limited: ${causes}`,
        ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: Math.ceil(error.retryAfterSeconds) }),
      });
    case 'overloaded':
      return new GatewayError({ type: 'overloaded_error', message: `No upstream could answer: ${causes}` });
    case 'timed_out':
      return new GatewayError({ type: 'timeout_error', message: `No upstream answered in time: ${causes}` });
    case 'rejected':
      return new GatewayError({ type: 'invalid_request_error', message: `No upstream takes this request: ${causes}` });
    default:
      return new GatewayError({ type: 'api_error', status: 502, message: `No upstream could be reached: ${causes}` });
  }
}

/** In a drill, the failure of the fallback upstream is what the drill has found out, so it is named. */
function drillFailed({ failed }: Ending, causes: string): GatewayError {
  const isWithoutFallback = failed.length === 1;
  return isWithoutFallback
    ? new GatewayError({
        type: 'rate_limit_error',
        message: 'This rate limit is simulated (drill), and fallback is switched off.',
        retryAfterSeconds: 60,
        isWorthRetrying: false,
      })
    : new GatewayError({
        type: 'api_error',
        status: 503,
        message: `This rate limit is simulated (drill), and no fallback upstream answered: ${causes}`,
        isWorthRetrying: false,
      });
}

function causesOf({ failed }: Ending): string {
  return failed.map(({ name, error }) => `${name}: ${error.message}`).join('; ');
}
