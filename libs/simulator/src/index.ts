export type { AnswerEncoding, AnswerOptions, ContentOptions, DeliveryOptions, ToolUse } from './answer-options.js';
export type { AnswerUsage } from './answer-usage.js';
export {
  errorAfter,
  errorInside200,
  overloaded,
  type RateLimitOptions,
  type RefusalOptions,
  rateLimited,
  refuse,
} from './anthropic-refusals.js';
export {
  type AnthropicSimulator,
  type AnthropicSimulatorOptions,
  startAnthropicSimulator,
} from './anthropic-simulator.js';
export {
  accessDenied,
  type BedrockExceptionName,
  exceptionMidStream,
  internal,
  modelError,
  modelNotReady,
  modelTimeout,
  notFound,
  quotaExceeded,
  throttled,
  unavailable,
  validation,
} from './bedrock-refusals.js';
export { BEDROCK_BETAS } from './bedrock-request-checks.js';
export { type BedrockSimulator, type BedrockSimulatorOptions, startBedrockSimulator } from './bedrock-simulator.js';
export {
  answer,
  type Behaviour,
  type BehaviourChoice,
  big,
  cut,
  endEarly,
  endlessWire,
  flippedBit,
  garbage,
  html,
  type RawAnswer,
  raw,
  redirect,
  resetBeforeHeaders,
  silence,
  wire,
} from './behaviours.js';
export { chunkFrame, eventStreamFrame, exceptionFrame } from './event-stream-frames.js';
export type { FinishReason, RecordedRequest } from './http-recording.js';
export { PromptCache } from './prompt-cache.js';
export type { SimulatedOrganization } from './simulated-organizations.js';
export type { Simulator } from './simulator.js';
export { type ToolLoopOptions, toolLoop } from './tool-loop.js';
export { UPSTREAM_FAULTS } from './upstream-faults/all.js';
export { largeRefusal, type UpstreamFault } from './upstream-faults/faulty-answer.js';
