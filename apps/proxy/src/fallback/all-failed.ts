import type { UpstreamError } from '@claude-proxy/upstream';
import { GatewayError } from '../exchange/gateway-error.js';

/** The refusal of ours where no upstream left an answer that could be handed on. */
export function errorOfNobody(failures: ReadonlyMap<string, UpstreamError>, isDrill: boolean): GatewayError {
  const causes = [...failures].map(([name, error]) => `${name}: ${error.message}`).join('; ');
  if (isDrill) return errorOfDrill(failures, causes);
  const [first] = failures.values();
  switch (first?.failure) {
    case 'rate_limited':
      return new GatewayError({
        type: 'rate_limit_error',
        message: `Every upstream is limited: ${causes}`,
        retryAfterSeconds: Math.ceil(first.retryAfterSeconds ?? 60),
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

/** Read by nobody but the records. */
export function errorOfLeft(): GatewayError {
  return new GatewayError({ type: 'invalid_request_error', message: 'The client left before anybody was asked.' });
}

/** In a drill the failure of the stand-in is what the drill has found out, so it is named. */
function errorOfDrill(failures: ReadonlyMap<string, UpstreamError>, causes: string): GatewayError {
  const isAloneWithTheDrill = failures.size === 1;
  return isAloneWithTheDrill
    ? new GatewayError({
        type: 'rate_limit_error',
        message: 'This rate limit is simulated (drill), and fallback is switched off.',
        retryAfterSeconds: 60,
      })
    : new GatewayError({ type: 'api_error', status: 503, message: `In a drill nobody stood in: ${causes}` });
}
