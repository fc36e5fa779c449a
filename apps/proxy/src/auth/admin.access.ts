import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../exchange/gateway-error.js';
import { AdminToken } from './admin-token.js';
import { type AlbConfig, albSection } from './alb.config.js';
import { AlbIdentity } from './alb-identity.js';
import { principalOfPerson } from './alb-roles.js';
import { AuditLog } from './audit.log.js';
import { actorOf, noteActor } from './audit-actor.js';
import { type AdminRequest, isSameOrigin } from './browser-origin.js';
import { EndedSessions } from './ended-sessions.js';
import { ClientKeys } from './keys/client-keys.service.js';
import { bearerIn } from './keys/presented-key.js';
import { expectOneLine } from './one-line.js';
import { notePrincipal, OPERATOR, type Principal, principalOfKey } from './principal.js';
import { type OpenSession, openSessionOf, sessionIn, sessionValue } from './session.cookie.js';
import { CODE_MINUTES, SignInCodes } from './sign-in-codes.js';
import { WrongTries } from './wrong-tries.js';

/** Decides who uses the admin API: by the admin token, a client key, a session that began with either, or a sign-in. */
@Injectable()
export class AdminAccess {
  private readonly identity: AlbIdentity;
  /** Shared by all endpoints: Nest creates a guard per room. */
  private readonly wrongTries = new WrongTries();

  constructor(
    private readonly token: AdminToken,
    private readonly endedSessions: EndedSessions,
    private readonly codes: SignInCodes,
    private readonly audit: AuditLog,
    private readonly clientKeys: ClientKeys,
    @Inject(albSection.token) private readonly alb: AlbConfig,
  ) {
    this.identity = new AlbIdentity(alb);
  }

  /** False without a token; then no session can begin. */
  get hasToken(): boolean {
    return this.token.exists;
  }

  /**
   * For admin endpoints, where a bearer can only be the admin token or a client key. Undefined without a valid proof.
   *
   * @throws GatewayError rate_limit_error; authentication_error for a client key that is not valid, with the reason
   */
  async authenticate(request: AdminRequest): Promise<Principal | undefined> {
    const principal = await this.proven(request);
    if (principal) notePrincipal(request, principal);
    return principal;
  }

  private async proven(request: AdminRequest): Promise<Principal | undefined> {
    const key = this.shownKey(request);
    if (key !== undefined) return this.principalOfKey(key, request);
    const shown = shownToken(request);
    if (shown !== undefined) return this.isToken(shown, request) ? OPERATOR : undefined;
    // The browser sends a cookie for requests of any page.
    if (!isSameOrigin(request)) return undefined;
    return (await this.principalOfSession(request)) ?? this.principalOfSignIn(request);
  }

  /** For API endpoints, where a bearer is the caller's own credential. @throws GatewayError rate_limit_error */
  showsToken(request: AdminRequest): boolean {
    const shown = adminTokenHeader(request);
    return shown !== undefined && this.isToken(shown, request);
  }

  /**
   * The cookie value of a new session; undefined for a wrong token.
   *
   * @param shown the admin token, a client key, or the code of a sign-in link
   * @throws GatewayError rate_limit_error; authentication_error for a code that was used or has expired, and for a client
   * key that is not valid
   */
  async beginSession(shown: string, request: AdminRequest): Promise<string | undefined> {
    if (this.clientKeys.isClientKey(shown)) {
      const { keyId } = await this.principalOfKey(shown, request);
      return this.token.exists ? sessionValue(this.token.reveal(), Date.now(), keyId!) : undefined;
    }
    const isOperator = this.isCode(shown, request) || this.isToken(shown, request);
    return isOperator ? sessionValue(this.token.reveal(), Date.now()) : undefined;
  }

  /** True if the session that authorized the request has ended since. */
  async hasEnded(request: AdminRequest): Promise<boolean> {
    return actorOf(request).kind === 'session' && !(await this.principalOfSession(request).catch(() => undefined));
  }

  /** Ends the session of this browser, and of all copies of its cookie. False without a session. */
  async endSession(request: AdminRequest): Promise<boolean> {
    const session = this.sessionOf(request);
    if (!session) return false;
    this.noteSession(request, session);
    await this.endedSessions.end(session);
    return true;
  }

  /** A session of a client key ends with its key. */
  private async principalOfSession(request: AdminRequest): Promise<Principal | undefined> {
    const session = this.sessionOf(request);
    if (!session || (await this.endedSessions.has(session))) return undefined;
    this.noteSession(request, session);
    if (session.keyId === undefined) return OPERATOR;
    return principalOfKey(await this.clientKeys.identifyById(session.keyId));
  }

  private async principalOfKey(text: string, request: AdminRequest): Promise<Principal> {
    const identity = await this.clientKeys.identify(text, request.ip);
    noteActor(request, { kind: 'client_key', name: identity.id });
    return principalOfKey(identity);
  }

  private shownKey({ raw: { headers } }: AdminRequest): string | undefined {
    const shown = [headers['x-admin-token'], bearerIn(headers), headers['x-api-key'], headers['x-claude-proxy-key']];
    return shown.find((text): text is string => typeof text === 'string' && this.clientKeys.isClientKey(text));
  }

  private sessionOf({ raw }: AdminRequest): OpenSession | undefined {
    const value = sessionIn(raw.headers.cookie);
    return value && this.token.exists ? openSessionOf(value, this.token.reveal(), Date.now()) : undefined;
  }

  private noteSession(request: AdminRequest, { keyId }: OpenSession): void {
    noteActor(request, { kind: 'session', name: keyId ?? this.token.fingerprint });
  }

  /** Of the person who has signed in at the load balancer. */
  private async principalOfSignIn(request: AdminRequest): Promise<Principal | undefined> {
    const person = await this.identity.signedIn(request.raw.headers);
    if (!person) return undefined;
    noteActor(request, { kind: 'sign_in', name: person.email ?? person.subject });
    return principalOfPerson(person, this.alb);
  }

  private isCode(shown: string, request: AdminRequest): boolean {
    const state = this.codes.use(shown, performance.now());
    if (state === 'unknown') return false;
    if (state !== 'accepted') throw codeOver(state);
    noteActor(request, { kind: 'sign_in_link', name: null });
    return true;
  }

  /** Compares first: the right token is accepted after any number of wrong ones from the same address. */
  private isToken(shown: string, request: AdminRequest): boolean {
    if (this.token.matches(shown)) {
      noteActor(request, { kind: 'admin_token', name: this.token.fingerprint });
      return true;
    }
    const { count, waitSeconds } = this.wrongTries.note(request.ip, performance.now());
    // Once per minute and address, so that wrong tokens do not fill the audit list.
    if (count === 1) this.audit.record({ act: 'token.refused' }, request);
    if (waitSeconds > 0) throw tooManyTries(waitSeconds);
    return false;
  }
}

/** A tool with an unset variable sends an empty header. */
function adminTokenHeader({ raw: { headers } }: AdminRequest): string | undefined {
  const own = headers['x-admin-token'];
  return typeof own === 'string' && own !== '' ? own : undefined;
}

function shownToken(request: AdminRequest): string | undefined {
  const { headers, rawHeaders } = request.raw;
  expectOneLine(rawHeaders, 'authorization');
  return adminTokenHeader(request) ?? bearerIn(headers);
}

function codeOver(state: 'used' | 'expired'): GatewayError {
  const why = state === 'used' ? 'was used before, and a link signs in once' : `is older than ${CODE_MINUTES} minutes`;
  return new GatewayError({
    type: 'authentication_error',
    message: `This sign-in link ${why}. Sign in with the admin token, or restart the gateway to get a new link.`,
  });
}

function tooManyTries(retryAfterSeconds: number): GatewayError {
  return new GatewayError({
    type: 'rate_limit_error',
    message: `Too many wrong admin tokens from this address: 5 a minute are allowed. Try again in ${retryAfterSeconds} s; the right token is accepted at once.`,
    retryAfterSeconds,
    isWorthRetrying: false,
  });
}
