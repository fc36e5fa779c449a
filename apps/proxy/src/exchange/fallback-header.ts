import type { GatewayError } from './gateway-error.js';

/** Under which an answer says why the first choice did not give it, or why a fallback upstream could not. */
export const FALLBACK_HEADER = 'x-claude-proxy-fallback';
/** Twenty names of betas fit. */
const MAX_CHARACTERS = 1_000;

/** A text as a header can carry it: printable ASCII, and not too long. */
export function headerText(text: string): string {
  return text.slice(0, MAX_CHARACTERS).replace(/[^\x20-\x7e]+/g, ' ');
}

/** The same error, which also says in its headers why no fallback upstream answered. */
export function withFallbackReason(error: GatewayError, reason: string | undefined): GatewayError {
  if (reason === undefined) return error;
  return Object.assign(error, { headers: { ...error.headers, [FALLBACK_HEADER]: headerText(reason) } });
}
