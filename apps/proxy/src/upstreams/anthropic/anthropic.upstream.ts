import { ClaudeModels } from '@claude-proxy/claude-models';
import { type ContentEncoding, contentEncodingOf, decodeBytes, maxDecodedBytes } from '@claude-proxy/messages-api';
import {
  ACCEPTED,
  type Acceptance,
  type Credential,
  type HeaderLines,
  headerOf,
  type AnswerHead as ProbeHead,
  type Readiness,
  type RelayRequest,
  readBody,
  type SendOptions,
  Upstream,
  type UpstreamAnswer,
  type UpstreamError,
  type UpstreamProvider,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Dispatcher, Pool } from 'undici';
import { OperatorCredentials } from '../../exchange/operator-credentials.js';
import { OwnUpstream } from '../../exchange/own-upstream.decorator.js';
import { type AnthropicConfig, anthropicSection } from './anthropic.config.js';
import { type AnswerHead, AnthropicAnswer } from './anthropic-answer.js';
import {
  errorOfConnection,
  errorOfMissingCredential,
  errorOfRedirect,
  errorOfRefusal,
  errorOfStrangeAnswer,
  type Refusal,
  refusalByStatus,
} from './anthropic-failures.js';
import { probe } from './credential-probe.js';
import { HopMark } from './hop-mark.js';
import { hitKeptAliveConnection, rememberingConnector } from './kept-alive.js';
import { LimitScopes } from './limit-scopes.js';
import { PooledAnswers } from './pooled-answers.js';
import { WindowlessRefusals } from './windowless-refusals.js';

/** An answer can take 10 minutes without a byte. Beyond this limit the connection counts as dead. */
const MAX_SILENCE_MS = 20 * 60 * 1_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** With undici's default of 4 s, most requests would need a new TLS handshake. */
const KEEP_ALIVE_MS = 90_000;
const KEEP_ALIVE_MAX_MS = 600_000;
/** A refusal is short and fast. A longer or slower one is judged only by its status. */
const MAX_REFUSAL_BYTES = 8 * 1024 * 1024;
const MAX_REFUSAL_MS = 10_000;
const CONNECTION = {
  headersTimeout: MAX_SILENCE_MS,
  bodyTimeout: MAX_SILENCE_MS,
  connect: rememberingConnector(CONNECT_TIMEOUT_MS),
};

/** For a caller without a credential: any window of the same models counts. */
const ANY_FINGERPRINT = '*';

/** The Anthropic API. Requests and answers are relayed byte for byte. */
@Upstream('anthropic')
@OwnUpstream()
@Injectable()
export class AnthropicUpstream implements UpstreamProvider, OnModuleDestroy {
  private readonly origin: string;
  private readonly basePath: string;
  private readonly hop: HopMark;
  private readonly connections: Pool;
  /** Uses a new connection per request: after a stale connection the retry must not hit another stale one. */
  private readonly freshConnections: Pool;
  private readonly windowless = new WindowlessRefusals();
  private readonly scopes: LimitScopes;
  private readonly pooled: PooledAnswers;

  constructor(
    @Inject(anthropicSection.token) config: AnthropicConfig,
    models: ClaudeModels,
    private readonly operators: OperatorCredentials,
  ) {
    this.scopes = new LimitScopes(models);
    this.pooled = new PooledAnswers(operators, this.scopes);
    operators.provideProbe((credential, signal) => this.probeAccount(credential, signal));
    this.origin = config.upstreamUrl.origin;
    this.hop = new HopMark(config.upstreamUrl);
    this.basePath = config.upstreamUrl.pathname.replace(/\/$/, '');
    this.connections = new Pool(this.origin, {
      ...CONNECTION,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
    });
    this.freshConnections = new Pool(this.origin, { ...CONNECTION, pipelining: 0 });
  }

  accepts(): Acceptance {
    return ACCEPTED;
  }

  limitScopes(request: UpstreamRequest, credential: Credential | undefined): readonly string[] {
    if (request.operation !== 'messages') return [];
    const owner = credential?.fingerprint ?? ANY_FINGERPRINT;
    return this.scopes.of(request).map((scope) => `${owner}/${scope}`);
  }

  limitGroup(request: UpstreamRequest): string {
    return this.scopes.bucketOf(request);
  }

  async send(request: UpstreamRequest, options: SendOptions): Promise<UpstreamAnswer> {
    const { credential } = options;
    const headers = this.hop.marked(request.headers, request.host);
    if (!credential) throw errorOfMissingCredential(this.operators.missingReason);
    const head = await this.dispatch('POST', request.path, headers, request.body, options);
    if (head.status >= 400) {
      throw this.errorOf(await this.readRefusal(head, options), request, credential);
    }
    const strange = strangenessOf(head);
    if (strange) {
      head.body.destroy();
      throw head.status >= 300 ? errorOfRedirect(head.status) : errorOfStrangeAnswer(head.status, strange);
    }
    if (!this.windowless.isEmpty) this.windowless.forget(this.limitScopes(request, credential));
    return { status: head.status, headers: this.pooled.headersFor(head, credential, request), body: head.body };
  }

  async relay(request: RelayRequest, options: SendOptions): Promise<UpstreamAnswer> {
    const headers = this.hop.marked(request.headers, request.host);
    const { credential } = options;
    if (!credential) throw errorOfMissingCredential(this.operators.missingReason);
    const head = await this.dispatch(request.method, request.path, headers, request.body ?? null, options);
    return { status: head.status, headers: this.pooled.headersFor(head, credential), body: head.body };
  }

  async probeCredential(credential: Credential, signal: AbortSignal): Promise<ProbeHead> {
    const { connections: dispatcher, origin, basePath } = this;
    return probe(credential, {
      dispatcher,
      signal,
      baseUrl: origin + basePath,
      headers: this.hop.marked([], undefined),
    });
  }

  private async probeAccount(credential: Credential, signal: AbortSignal): Promise<ProbeHead> {
    const head = await this.probeCredential(credential, signal);
    this.pooled.headersFor(head, credential);
    return head;
  }

  async readiness(): Promise<Readiness> {
    return { isUsable: true, detail: `sends to ${this.origin}${this.basePath}` };
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.connections.destroy(), this.freshConnections.destroy()]);
  }

  private async dispatch(
    method: string,
    path: string,
    headers: HeaderLines,
    body: Dispatcher.DispatchOptions['body'],
    { signal, credential }: SendOptions,
  ): Promise<AnswerHead> {
    const request = {
      path: this.basePath + path,
      method: method as Dispatcher.HttpMethod,
      headers: credential ? headers.concat(credential.header, credential.value) : headers.slice(),
      body,
    };
    try {
      return await headOf(this.connections, request, signal);
    } catch (error) {
      const isRepeatable = body === null || Buffer.isBuffer(body);
      if (signal.aborted || !isRepeatable || !hitKeptAliveConnection(error)) {
        throw errorOfConnection(error, signal.aborted);
      }
    }
    try {
      return await headOf(this.freshConnections, request, signal);
    } catch (error) {
      throw errorOfConnection(error, signal.aborted);
    }
  }

  private errorOf(refusal: Refusal, request: UpstreamRequest, credential: Credential): UpstreamError {
    const { scopes, windowless } = this;
    const error = errorOfRefusal(refusal, request, { credential, scopes, windowless });
    if (!error.answer) return error;
    const headers = this.pooled.headersFor(refusal, credential, request, error.account);
    return Object.assign(error, { answer: { ...error.answer, headers } });
  }

  private async readRefusal(head: AnswerHead, { signal }: SendOptions): Promise<Refusal> {
    try {
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(MAX_REFUSAL_MS)]);
      const body = await readBody(head.body, MAX_REFUSAL_BYTES, inTime);
      return { ...head, body, text: await textOf(body, knownEncodingOf(head.headers)) };
    } catch (error) {
      if (signal.aborted) throw errorOfConnection(error, true);
      return refusalByStatus(head.status, head.headers, error);
    }
  }
}

function headOf(connections: Pool, request: Dispatcher.DispatchOptions, signal: AbortSignal): Promise<AnswerHead> {
  signal.throwIfAborted();
  const answer = new AnthropicAnswer(signal);
  connections.dispatch(request, answer);
  return answer.head;
}

function knownEncodingOf(headers: HeaderLines): ContentEncoding | undefined | 'unknown' {
  try {
    return contentEncodingOf(headerOf(headers, 'content-encoding'));
  } catch {
    return 'unknown';
  }
}

/** A refusal that cannot be decoded is still relayed, but not interpreted. */
async function textOf(body: Buffer, encoding: ContentEncoding | undefined | 'unknown'): Promise<string> {
  if (!encoding || encoding === 'unknown') return body.toString();
  const limitBytes = maxDecodedBytes(body.length, MAX_REFUSAL_BYTES);
  return decodeBytes(body, encoding, limitBytes).then(String, () => '');
}

/** Why a success cannot be an answer of the Messages API, which has status 200, a body, and no web pages. */
function strangenessOf({ status, headers, isEmpty }: AnswerHead): string | undefined {
  if (headerOf(headers, 'content-type')?.startsWith('text/html')) return 'a web page';
  if (isEmpty) return 'an empty body';
  return status === 200 ? undefined : 'a status that the Messages API does not have';
}
