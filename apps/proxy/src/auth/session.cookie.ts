import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A working day. */
export const SESSION_SECONDS = 12 * 60 * 60;

const NAME = 'claude_proxy_session';
/** Browsers accept this name only over TLS and for the exact host: no other host of the domain can set it. */
const SECURE_NAME = `__Host-${NAME}`;
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Strict';
const ID_BYTES = 12;

/** A session with a valid signature that has not expired. */
export interface OpenSession {
  readonly id: string;
  /** Epoch seconds. */
  readonly endsAt: number;
  /** The client key that began it; undefined for an operator's session. */
  readonly keyId?: string;
}

/** The cookie value of a session: its id and its end, signed with the admin token. A new token ends all sessions. */
export function sessionValue(token: string, nowMs: number, keyId?: string): string {
  const id = randomBytes(ID_BYTES).toString('base64url');
  const subject = keyId === undefined ? '' : `.${keyId}`;
  const session = `${Math.floor(nowMs / 1_000) + SESSION_SECONDS}.${id}${subject}`;
  return `${session}.${signatureOf(token, session)}`;
}

export function openSessionOf(value: string, token: string, nowMs: number): OpenSession | undefined {
  const parts = value.split('.');
  const signature = parts.pop()!;
  const [endsAt = '', id = '', keyId, ...rest] = parts;
  if (rest.length > 0) return undefined;
  const expected = Buffer.from(signatureOf(token, parts.join('.')));
  const shown = Buffer.from(signature);
  const isSigned = shown.length === expected.length && timingSafeEqual(shown, expected);
  return isSigned && Number(endsAt) * 1_000 > nowMs
    ? { id, endsAt: Number(endsAt), ...(keyId !== undefined && { keyId }) }
    : undefined;
}

/** The session in a `cookie` header. */
export function sessionIn(cookieHeader: string | undefined): string | undefined {
  const cookies = (cookieHeader ?? '').split(';').map((cookie) => cookie.trim().split('='));
  const inCookie = (name: string) => cookies.find((cookie) => cookie[0] === name)?.[1];
  return inCookie(SECURE_NAME) ?? inCookie(NAME);
}

/** The `set-cookie` that begins a session. Scripts cannot read it. */
export function sessionCookie(value: string, isSecure: boolean): string {
  const attributes = `Max-Age=${SESSION_SECONDS}; ${ATTRIBUTES}`;
  return isSecure ? `${SECURE_NAME}=${value}; ${attributes}; Secure` : `${NAME}=${value}; ${attributes}`;
}

/** The `set-cookie` lines that remove a session from the browser, for each possible name. */
export function endedCookies(isSecure: boolean): string[] {
  const plain = `${NAME}=; Max-Age=0; ${ATTRIBUTES}`;
  return isSecure ? [`${SECURE_NAME}=; Max-Age=0; ${ATTRIBUTES}; Secure`, `${plain}; Secure`] : [plain];
}

function signatureOf(token: string, session: string): string {
  return createHmac('sha256', token).update(`session ${session}`).digest('base64url');
}
