import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../exchange/gateway-error.js';
import { AdminToken } from './admin-token.js';
import { type AlbConfig, albSection } from './alb.config.js';
import { AlbIdentity } from './alb-identity.js';
import { noteActor } from './audit-actor.js';
import { type AdminRequest, isSameOrigin } from './browser-origin.js';
import { EndedSessions } from './ended-sessions.js';
import { expectOneLine } from './one-line.js';
import { type OpenSession, openSessionOf, sessionIn, sessionValue } from './session.cookie.js';
import { WrongTries } from './wrong-tries.js';

/** Decides whether a request comes from an operator: the admin token, a session that began with it, or a sign-in. */
@Injectable()
export class AdminAccess {
  private readonly identity: AlbIdentity;

  constructor(
    private readonly token: AdminToken,
    private readonly wrongTries: WrongTries,
    private readonly endedSessions: EndedSessions,
    @Inject(albSection.token) alb: AlbConfig,
  ) {
    this.identity = new AlbIdentity(alb);
  }

  /** False where there is no token: then no session can begin. */
  get hasToken(): boolean {
    return this.token.exists;
  }

  /** For admin endpoints, where a bearer can only be the admin token. @throws GatewayError rate_limit_error */
  async isAdmin(request: AdminRequest): Promise<boolean> {
    const shown = shownToken(request);
    if (shown !== undefined) return this.isToken(shown, request);
    // A cookie is sent by the browser, whatever page asks for it.
    if (!isSameOrigin(request)) return false;
    return (await this.hasSession(request)) || this.hasSignedIn(request);
  }

  /** For API endpoints, where a bearer is the caller's own credential. @throws GatewayError rate_limit_error */
  showsToken(request: AdminRequest): boolean {
    const shown = adminTokenHeader(request);
    return shown !== undefined && this.isToken(shown, request);
  }

  /** The cookie of a new session; undefined where the token is wrong. @throws GatewayError rate_limit_error */
  beginSession(shown: string, request: AdminRequest): string | undefined {
    return this.isToken(shown, request) ? sessionValue(this.token.reveal(), Date.now()) : undefined;
  }

  /** Ends the session of this browser, and of every copy of its cookie. False where there is none. */
  async endSession(request: AdminRequest): Promise<boolean> {
    const session = this.sessionOf(request);
    if (!session) return false;
    this.noteSession(request);
    await this.endedSessions.end(session);
    return true;
  }

  private async hasSession(request: AdminRequest): Promise<boolean> {
    const session = this.sessionOf(request);
    if (!session || (await this.endedSessions.has(session))) return false;
    this.noteSession(request);
    return true;
  }

  private sessionOf({ raw }: AdminRequest): OpenSession | undefined {
    const value = sessionIn(raw.headers.cookie);
    return value && this.token.exists ? openSessionOf(value, this.token.reveal(), Date.now()) : undefined;
  }

  private noteSession(request: AdminRequest): void {
    noteActor(request, { kind: 'session', name: this.token.fingerprint });
  }

  /** At the load balancer in front. */
  private async hasSignedIn(request: AdminRequest): Promise<boolean> {
    const person = await this.identity.signedIn(request.raw.headers);
    if (person) noteActor(request, { kind: 'sign_in', name: person.email ?? person.subject });
    return person !== undefined;
  }

  /** Compares first: the right token gets in however many wrong ones came from the same address. */
  private isToken(shown: string, request: AdminRequest): boolean {
    if (this.token.matches(shown)) {
      noteActor(request, { kind: 'admin_token', name: this.token.fingerprint });
      return true;
    }
    const waitSeconds = this.wrongTries.note(request.ip, performance.now());
    if (waitSeconds > 0) throw tooManyTries(waitSeconds);
    return false;
  }
}

/** Empty is what a tool sends whose variable is not set. */
function adminTokenHeader({ raw: { headers } }: AdminRequest): string | undefined {
  const own = headers['x-admin-token'];
  return typeof own === 'string' && own !== '' ? own : undefined;
}

function shownToken(request: AdminRequest): string | undefined {
  const { headers, rawHeaders } = request.raw;
  expectOneLine(rawHeaders, 'authorization');
  return adminTokenHeader(request) ?? /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

function tooManyTries(retryAfterSeconds: number): GatewayError {
  return new GatewayError({
    type: 'rate_limit_error',
    message: `Too many wrong admin tokens from this address: 5 a minute are allowed. Try again in ${retryAfterSeconds} s; the right token is accepted at once.`,
    retryAfterSeconds,
    isWorthRetrying: false,
  });
}
