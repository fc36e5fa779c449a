import { GatewayError } from '../exchange/gateway-error.js';

/** @param place such as `messages.2.content.1` */
export function blobRefused(place: string): GatewayError {
  const message = `${place} is an image, a PDF or a file, which cannot be masked. This gateway allows text only (MASKING_BLOBS=refuse); send its content as text.`;
  return new GatewayError({ type: 'invalid_request_error', message });
}

export function uploadRefused(): GatewayError {
  const message = 'Files and skills cannot be masked. This gateway does not take uploads (MASKING_BLOBS=refuse).';
  return new GatewayError({ type: 'invalid_request_error', message });
}

export function batchRefused(): GatewayError {
  const message =
    'This batch contains AWS identifiers. They are replaced before they leave, and the results could not be restored with MASKING_VAULT=none. Send the requests one by one, or ask the operator to set MASKING_VAULT.';
  return new GatewayError({ type: 'invalid_request_error', message });
}

/** The SDK sends the whole conversation again on it, which can be masked. */
export function threadRefused(): GatewayError {
  const message =
    'A thread that is kept by the API cannot be continued while masking is on. Send the whole conversation.';
  return new GatewayError({ type: 'not_found_error', message, details: { error_code: 'thread_not_found' } });
}

export function notJson(cause: unknown): GatewayError {
  const message = `The request body is not a JSON object: ${(cause as Error).message}.`;
  return new GatewayError({ type: 'invalid_request_error', message, cause });
}
