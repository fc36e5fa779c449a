import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Credential } from '@claude-proxy/upstream';
import { Inject, Injectable } from '@nestjs/common';
import { GatewayError } from '../exchange/gateway-error.js';
import { AdminToken } from './admin-token.js';
import { type AuthConfig, authSection } from './auth.config.js';
import { expectOneLine, severalIn } from './one-line.js';

const BEARER = /^Bearer +(\S+) *$/i;
const BEARER_AMONG_OTHERS = /(?:^|,) *Bearer /i;

/** Decides what the Anthropic API is asked with: the caller's own credential, else the operator's. */
@Injectable()
export class CredentialReader {
  private readonly placeholders: ReadonlySet<string>;
  private readonly operatorCredential: Credential | undefined;

  constructor(
    @Inject(authSection.token) config: AuthConfig,
    private readonly adminToken: AdminToken,
  ) {
    this.placeholders = new Set(config.placeholderCredentials);
    const apiKey = config.anthropicApiKey?.reveal();
    const authToken = config.anthropicAuthToken?.reveal();
    if (apiKey) this.operatorCredential = credential('x-api-key', apiKey, apiKey, 'operator');
    else if (authToken)
      this.operatorCredential = credential('authorization', `Bearer ${authToken}`, authToken, 'operator');
  }

  get hasOperatorCredential(): boolean {
    return this.operatorCredential !== undefined;
  }

  /** @throws GatewayError invalid_request_error where one header brings several */
  read({ headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): Credential | undefined {
    expectOneLine(rawHeaders, 'x-api-key');
    expectOneLine(rawHeaders, 'authorization');
    return this.fromApiKey(headers['x-api-key']) ?? this.fromBearer(headers.authorization) ?? this.operatorCredential;
  }

  /**
   * As `read`, for endpoints that serve no one without a credential. Call before the body is read: an unknown caller
   * must not cost more than the head of its request.
   *
   * @throws GatewayError authentication_error, and as `read` does
   */
  require(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): Credential {
    const credential = this.read(request);
    if (!credential) throw missingCredential();
    return credential;
  }

  private fromApiKey(header: string | string[] | undefined): Credential | undefined {
    const key = typeof header === 'string' ? header.trim() : undefined;
    if (!key || this.isNone(key)) return undefined;
    // Two lines that a proxy on the way has joined. No key has a comma.
    if (key.includes(',')) throw severalIn('x-api-key');
    return credential('x-api-key', key, key, 'client');
  }

  private fromBearer(header: string | undefined): Credential | undefined {
    if (header === undefined) return undefined;
    // As above: no token has a comma.
    if (header.includes(',') && BEARER_AMONG_OTHERS.test(header)) throw severalIn('authorization');
    const token = BEARER.exec(header)?.[1];
    return token && !this.isNone(token) ? credential('authorization', header, token, 'client') : undefined;
  }

  /** Tools that hold one key for everything send the admin token here too; it must never leave the house. */
  private isNone(text: string): boolean {
    return this.placeholders.has(text) || this.adminToken.matches(text);
  }
}

function missingCredential(): GatewayError {
  return new GatewayError({
    type: 'authentication_error',
    message:
      'The request has no credential. Clients: set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, so that requests carry "x-api-key" or "authorization: Bearer". Operators: set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN on the gateway to serve requests without one.',
  });
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
