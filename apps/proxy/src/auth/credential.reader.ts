import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Credential } from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../exchange/gateway-error.js';
import { OperatorCredentials } from '../exchange/operator-credentials.js';
import { AdminToken } from './admin-token.js';
import { type AuthConfig, authSection } from './auth.config.js';
import { ClientKeys } from './keys/client-keys.service.js';
import { expectOneLine, severalIn } from './one-line.js';

const BEARER = /^Bearer +(\S+) *$/i;
const BEARER_AMONG_OTHERS = /(?:^|,) *Bearer /i;

/** Selects the credential for the Anthropic API: the caller's own, else the operator's. */
@Injectable()
export class CredentialReader {
  private readonly placeholders: ReadonlySet<string>;
  private readonly configured: Credential | undefined;

  constructor(
    @Inject(authSection.token) config: AuthConfig,
    private readonly adminToken: AdminToken,
    private readonly clientKeys: ClientKeys,
    private readonly operators: OperatorCredentials,
  ) {
    this.placeholders = new Set(config.placeholderCredentials);
    const apiKey = config.anthropicApiKey?.reveal();
    const authToken = config.anthropicAuthToken?.reveal();
    if (apiKey) this.configured = apiKeyCredential(apiKey);
    else if (authToken) this.configured = credential('authorization', `Bearer ${authToken}`, authToken, 'operator');
  }

  get hasOperatorCredential(): boolean {
    return this.operatorCredential !== undefined;
  }

  /** An account of the pool; without accounts, the credential of the configuration. */
  private get operatorCredential(): Credential | undefined {
    const { source } = this.operators;
    if (source?.pausedReason !== undefined) return undefined;
    return source?.credential ?? this.configured;
  }

  /** @throws GatewayError invalid_request_error if one header has several credentials */
  read({ headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): Credential | undefined {
    expectOneLine(rawHeaders, 'x-api-key');
    expectOneLine(rawHeaders, 'authorization');
    return this.fromApiKey(headers['x-api-key']) ?? this.fromBearer(headers.authorization) ?? this.operatorCredential;
  }

  /**
   * Like `read`, for endpoints that require a credential. Call it before the body is read: an unknown caller
   * must not cost more than the headers of its request. Undefined if the operator has paused all accounts.
   *
   * @throws GatewayError authentication_error, and as `read` does
   */
  require(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): Credential | undefined {
    const credential = this.read(request);
    if (!credential && this.operators.source?.pausedReason === undefined) throw missingCredential();
    return credential;
  }

  private fromApiKey(header: string | string[] | undefined): Credential | undefined {
    const key = typeof header === 'string' ? header.trim() : undefined;
    if (!key || this.isNone(key)) return undefined;
    // A proxy in between has joined two lines. Keys have no commas.
    if (key.includes(',')) throw severalIn('x-api-key');
    return credential('x-api-key', key, key, 'client');
  }

  private fromBearer(header: string | undefined): Credential | undefined {
    if (header === undefined) return undefined;
    // As above: tokens have no commas.
    if (header.includes(',') && BEARER_AMONG_OTHERS.test(header)) throw severalIn('authorization');
    const token = BEARER.exec(header)?.[1];
    return token && !this.isNone(token) ? credential('authorization', header, token, 'client') : undefined;
  }

  /** Right or wrong: see `ClientKeys`. */
  isClientKey(text: string): boolean {
    return this.clientKeys.isClientKey(text);
  }

  /** A placeholder, or the admin token: tools with a single key send it here too. */
  isIgnored(text: string): boolean {
    return this.placeholders.has(text) || this.adminToken.matches(text);
  }

  /** Client keys and the admin token must never be sent to an upstream. */
  private isNone(text: string): boolean {
    return this.isClientKey(text) || this.isIgnored(text);
  }
}

function missingCredential(): GatewayError {
  return new GatewayError({
    type: 'authentication_error',
    message:
      'The request has no credential. Clients: set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, so that requests carry "x-api-key" or "authorization: Bearer". Operators: set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN on the gateway to serve requests without one.',
  });
}

/** An API key of the operator. */
export function apiKeyCredential(key: string): Credential {
  return credential('x-api-key', key, key, 'operator');
}

function credential(
  header: Credential['header'],
  value: string,
  key: string,
  source: Credential['source'],
): Credential {
  const digest = hash('sha256', key);
  return { header, value, fingerprint: digest.slice(0, 12), digest, source };
}
