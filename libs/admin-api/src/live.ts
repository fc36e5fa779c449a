import type { OperatorEvent } from './events.js';
import type { RequestLine } from './requests.js';

/** Events of `GET /api/live`: the SSE event name is `type`, its data the rest as JSON. */
export type LiveEvent =
  | { readonly type: 'exchange'; readonly request: RequestLine }
  | { readonly type: 'limits' }
  | { readonly type: 'drills' }
  /** A budget has reached 75, 95 or 100 %. */
  | { readonly type: 'budgets' }
  | { readonly type: 'accounts' }
  /** A budget, a limit, a loop or a revoked key: what an operator should hear of. */
  | { readonly type: 'event'; readonly event: OperatorEvent }
  /** The process shuts down and ends this feed. Another process, or a later one, serves the next feed. */
  | { readonly type: 'draining' };
