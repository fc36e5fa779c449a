import { contentEncodingOf, JsonView } from '@claude-proxy/messages-api';
import { headerOf, type UpstreamRequest } from '@claude-proxy/upstream';

/** Created once per request: acceptance and translation use the same view. */
const viewByRequest = new WeakMap<UpstreamRequest, JsonView>();

/**
 * The decoded body as a view.
 *
 * @throws JsonSyntaxError, JsonTooLargeError
 */
export function viewOf(request: UpstreamRequest): JsonView {
  const known = viewByRequest.get(request);
  if (known) return known;
  const view = JsonView.of(decodedBodyOf(request));
  viewByRequest.set(request, view);
  return view;
}

function decodedBodyOf(request: UpstreamRequest): Buffer {
  if (request.decodedBody) return request.decodedBody;
  const isEncoded = contentEncodingOf(headerOf(request.headers, 'content-encoding')) !== undefined;
  return isEncoded ? Buffer.from(JSON.stringify(request.json())) : request.body;
}
