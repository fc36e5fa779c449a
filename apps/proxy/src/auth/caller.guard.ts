import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { EXCHANGE_ID_HEADER } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { methodNotAllowed } from '../exchange/gateway-error.js';
import { RequestTraces } from '../exchange/request-traces.js';
import { abortOnHangUp } from '../http/client-connection.js';
import { AdminAccess } from './admin.access.js';
import { type CallerRequest, setCaller } from './caller.js';
import { CredentialReader } from './credential.reader.js';
import { asksForDrill } from './drill-request.js';
import { Endpoint, type EndpointOptions } from './endpoint.decorator.js';
import { ClientKeys } from './keys/client-keys.service.js';
import type { KeyIdentity } from './keys/key-identity.js';
import { expectAllowedEndpoint, userOfKey } from './keys/key-permissions.js';
import { presentedKey } from './keys/presented-key.js';
import { exchangeOf, type OpenedExchange } from './request-exchange.js';
import { TeamDirectory } from './teams/team.directory.js';

/** A request whose caller is being resolved. */
interface Arrival {
  readonly request: CallerRequest;
  readonly reply: FastifyReply;
  readonly endpoint: EndpointOptions;
  readonly opened: OpenedExchange;
}

const SESSION_HEADER = 'x-session-id';
const CLAUDE_CODE_SESSION_HEADER = 'x-claude-code-session-id';

/** Opens the exchange of a request and resolves its caller, before the body is read. Refusals are recorded. */
@Injectable()
export class CallerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: CredentialReader,
    private readonly clientKeys: ClientKeys,
    private readonly teams: TeamDirectory,
    private readonly admin: AdminAccess,
    private readonly feed: ExchangeFeed,
    private readonly traces: RequestTraces,
  ) {}

  /**
   * Returns a promise only for a client key that has to be read from the store.
   *
   * @throws GatewayError authentication_error, permission_error, invalid_request_error
   */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const endpoint = this.reflector.get(Endpoint, context.getHandler());
    if (!endpoint) return true;
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    expectMethod(request, endpoint);
    const opened = exchangeOf(request, endpoint);
    this.traces.begin(opened.exchange, request.raw);
    reply.header(EXCHANGE_ID_HEADER, opened.exchange.id);
    const arrival: Arrival = { request, reply, endpoint, opened };
    try {
      const key = this.clientKeyOf(request);
      return key instanceof Promise ? this.admitLater(arrival, key) : this.admit(arrival, key);
    } catch (error) {
      return this.reject(arrival, error);
    }
  }

  private async admitLater(arrival: Arrival, key: Promise<KeyIdentity>): Promise<true> {
    try {
      return this.admit(arrival, await key);
    } catch (error) {
      return this.reject(arrival, error);
    }
  }

  private reject({ opened }: Arrival, error: unknown): never {
    this.feed.reject(opened.exchange, error);
    throw error;
  }

  private clientKeyOf({ raw, ip }: CallerRequest): KeyIdentity | undefined | Promise<KeyIdentity> {
    const text = presentedKey(raw, this.credentials);
    if (text !== undefined) return this.clientKeys.identify(text, ip);
    if (this.clientKeys.isRequired) throw this.clientKeys.missing();
    return undefined;
  }

  private admit({ request, reply, endpoint, opened }: Arrival, clientKey: KeyIdentity | undefined): true {
    const { raw } = request;
    const { exchange, path } = opened;
    const session = textOf(raw.headers[SESSION_HEADER]);
    exchange.inSession(session || textOf(raw.headers[CLAUDE_CODE_SESSION_HEADER]));
    if (clientKey) {
      const pathUser = request.params.user_id === undefined ? undefined : exchange.user;
      const { id, user } = clientKey;
      // Before the checks: a refusal is recorded for the proven user, not for the one in the path.
      exchange.identified(user ?? exchange.user, id);
      exchange.identified(userOfKey(clientKey, pathUser) ?? exchange.user, id);
      expectAllowedEndpoint(clientKey, path);
    }
    exchange.ofTeam(this.teams.teamOf(exchange.user, clientKey));
    const isOptional = endpoint.isOpen || clientKey !== undefined;
    const credential = isOptional ? this.credentials.read(raw) : this.credentials.require(raw);
    exchange.calledBy(credential, endpoint.operation !== 'relay' && asksForDrill(request, this.admin));
    setCaller(request, {
      user: exchange.user,
      credential,
      clientKey,
      signal: abortOnHangUp(reply.raw),
      exchange,
      path,
      session,
      showsAdminToken: () => this.admin.showsToken(request),
    });
    return true;
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

function expectMethod({ raw: { method = '' } }: CallerRequest, { methods }: EndpointOptions): void {
  if (methods && !methods.includes(method)) throw methodNotAllowed(method, methods);
}
