import { hash, timingSafeEqual } from 'node:crypto';

/** Digests have one length, so the time taken says nothing about the secret. */
export function isSameSecret(shown: string, secret: string): boolean {
  return timingSafeEqual(hash('sha256', shown, 'buffer'), hash('sha256', secret, 'buffer'));
}
