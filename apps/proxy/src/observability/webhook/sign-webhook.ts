import { createHmac } from 'node:crypto';

/** `t=<epoch seconds>,v1=<HMAC-SHA256 of "<t>.<body>" in hex>`. The time is signed, so an old POST cannot be sent again. */
export function signatureOf(body: string, secret: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}
