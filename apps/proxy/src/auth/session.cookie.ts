import { createHmac, timingSafeEqual } from 'node:crypto';

/** A working day. */
export const SESSION_SECONDS = 12 * 60 * 60;

const NAME = 'claude_proxy_session';

/** The value of a session's cookie: when it ends, signed with the admin token. A new token ends every session. */
export function sessionValue(token: string, nowMs: number): string {
  const endsAt = String(Math.floor(nowMs / 1_000) + SESSION_SECONDS);
  return `${endsAt}.${signatureOf(token, endsAt)}`;
}

export function isSessionValue(value: string, token: string, nowMs: number): boolean {
  const [endsAt = '', signature = ''] = value.split('.');
  const expected = Buffer.from(signatureOf(token, endsAt));
  const shown = Buffer.from(signature);
  const isSigned = shown.length === expected.length && timingSafeEqual(shown, expected);
  return isSigned && Number(endsAt) * 1_000 > nowMs;
}

/** The session in a `cookie` header. */
export function sessionIn(cookieHeader: string | undefined): string | undefined {
  for (const cookie of cookieHeader?.split(';') ?? []) {
    const [name, value] = cookie.trim().split('=');
    if (name === NAME) return value;
  }
  return undefined;
}

/** The `set-cookie` that begins a session, or ends it where `value` is empty. Scripts cannot read it. */
export function sessionCookie(value: string, isSecure: boolean): string {
  const maxAge = value === '' ? 0 : SESSION_SECONDS;
  return `${NAME}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}

function signatureOf(token: string, endsAt: string): string {
  return createHmac('sha256', token).update(`session until ${endsAt}`).digest('base64url');
}
