export {
  MAX_IDLE_BYTES,
  MAX_LINGER_MS,
  MAX_PASSED_ANSWER_BYTES,
  MAX_WHOLE_ANSWER_BYTES,
  maxDecodedBytes,
} from './answer-limits.js';
export { expectBoundedTree, JsonLimitError, parseBoundedJson } from './bounded-json.js';
export { ByteHash, type HashedSpans } from './byte-hash.js';
export {
  type ContentEncoding,
  contentEncodingOf,
  decodeBytes,
  decodingStream,
} from './content-encoding.js';
export {
  type ErrorBody,
  type ErrorDetails,
  type ErrorType,
  errorBody,
  errorTypeOfStatus,
  STATUS_BY_ERROR_TYPE,
} from './errors.js';
export { JsonEdits } from './json-edits.js';
export {
  type ByteRange,
  type JsonOutline,
  JsonSyntaxError,
  membersOfJson,
  memberValue,
  outlineOfJson,
} from './json-members.js';
export { type JsonMember, JsonTooLargeError, JsonView } from './json-view.js';
export { PING_EVENT, sseEvent } from './sse.js';
export { SseScanner, type SseScannerOptions } from './sse-scanner.js';
export { storableUsage } from './storable-usage.js';
export { billedUsage, countOf, mergeUsage, separateIterationsOf, type Usage } from './usage.js';
