export { bodyOfBytes, bodyOfChunks, chunksOfBody, readBody } from './answer-body.js';
export {
  ACCEPTED,
  type Acceptance,
  type AnswerBody,
  type AnswerHead,
  type BodySink,
  type Credential,
  type HeaderLines,
  notAccepted,
  type Operation,
  type Readiness,
  type RelayRequest,
  type SendOptions,
  type SharedMemory,
  type UpstreamAnswer,
  type UpstreamProvider,
  type UpstreamRequest,
} from './contract.js';
export { headerOf, headersWhere, joinedHeaderOf } from './header-lines.js';
export { UPSTREAM_NAME, UPSTREAM_REPLACES, Upstream, type UpstreamOptions } from './upstream.decorator.js';
export {
  FAILURES,
  type Failure,
  type LimitWindow,
  UpstreamError,
  type UpstreamErrorOptions,
} from './upstream-error.js';
