export {
  type AccountDecision,
  type AccountFault,
  type AccountNews,
  type AccountVerdict,
  type ConsideredAccount,
  type RateWindow,
  WINDOW_KINDS,
  type WindowKind,
} from './account-news.js';
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
export type {
  CredentialDemand,
  CredentialSource,
  CredentialWalk,
  ObjectCredential,
  WalkStep,
} from './credential-source.js';
export type { ExchangeStep, StepCaller, StepEnd, StepExchange, StepRequest, StepRun } from './exchange-step.js';
export { headerOf, headersWhere, joinedHeaderOf } from './header-lines.js';
export { type BilledAnswer, IS_PRICE_SOURCE, type PriceSource, Prices } from './price-source.js';
export { STEP_NAME, STEP_ORDER, STEP_ORDERS, Step } from './step.decorator.js';
export { UPSTREAM_NAME, UPSTREAM_REPLACES, Upstream, type UpstreamOptions } from './upstream.decorator.js';
export {
  FAILURES,
  type Failure,
  type LimitWindow,
  UpstreamError,
  type UpstreamErrorOptions,
} from './upstream-error.js';
