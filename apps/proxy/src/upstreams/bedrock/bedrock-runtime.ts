import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type ResponseStream,
} from '@aws-sdk/client-bedrock-runtime';
import { MAX_WHOLE_ANSWER_BYTES } from '@claude-proxy/messages-api';
import { Inject, Injectable, type OnModuleDestroy, Optional } from '@nestjs/common';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { BEDROCK_CONFIG, type BedrockConfig } from './bedrock.config.js';

/** Overrides AWS's own credential chain. */
export const BEDROCK_CREDENTIALS = Symbol('BEDROCK_CREDENTIALS');
export type BedrockCredentials = NonNullable<BedrockRuntimeClientConfig['credentials']>;

const MAX_SOCKETS = 500;
const CONNECTION_TIMEOUT_MS = 3_000;
/** Last resort: usually the `Lifeline` of a call ends a silence earlier. */
const SOCKET_TIMEOUT_MS = 15 * 60 * 1_000;
/** Without this, each request would look up missing credentials again, which on a laptop waits for IMDS. */
const NO_CREDENTIALS_MEMORY_MS = 60_000;
const HOW_TO_SIGN_IN = 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the task a role';
const CREDENTIALS_TIMEOUT_MS = 1_500;
const NO_CREDENTIALS_ERROR = /^(Credentials|Token)Provider/;

class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';

  constructor(region: string, cause?: unknown) {
    super(`no AWS credentials for AWS Bedrock in ${region}: ${HOW_TO_SIGN_IN}`, { cause });
  }
}

export interface Invocation {
  readonly modelId: string;
  readonly body: Uint8Array;
}

export interface StreamedInvocation {
  readonly requestId: string | undefined;
  readonly frames: AsyncIterator<ResponseStream>;
}

/**
 * The only SDK client of this process: a second one would look up credentials again and need its own sockets.
 * Uses HTTP/1.1, because with the SDK's default HTTP/2 a broken connection looks like a proper end, timeouts are
 * ignored, and every stream opens a connection anyway. Never retries: the caller decides about that.
 */
@Injectable()
export class BedrockRuntime implements OnModuleDestroy {
  private readonly client: BedrockRuntimeClient;
  private noCredentialsUntilMs = 0;

  constructor(
    @Inject(BEDROCK_CONFIG) private readonly config: BedrockConfig,
    @Optional() @Inject(BEDROCK_CREDENTIALS) credentials?: BedrockCredentials,
  ) {
    const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS };
    this.client = new BedrockRuntimeClient({
      region: config.region,
      maxAttempts: 1,
      ...(config.endpoint && { endpoint: config.endpoint }),
      ...(credentials && { credentials, authSchemePreference: ['sigv4'] }),
      streamCollector: collectWithinLimit,
      requestHandler: new NodeHttpHandler({
        httpAgent: new HttpAgent(agentOptions),
        httpsAgent: new HttpsAgent(agentOptions),
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        socketTimeout: SOCKET_TIMEOUT_MS,
      }),
    });
  }

  async invoke({ modelId, body }: Invocation, abortSignal: AbortSignal) {
    const command = new InvokeModelCommand({ modelId, body, contentType: 'application/json' });
    const output = await this.withCredentials(() => this.client.send(command, { abortSignal }));
    return { requestId: output.$metadata.requestId, bytes: output.body as Uint8Array };
  }

  async openStream({ modelId, body }: Invocation, abortSignal: AbortSignal): Promise<StreamedInvocation> {
    const command = new InvokeModelWithResponseStreamCommand({ modelId, body, contentType: 'application/json' });
    const output = await this.withCredentials(() => this.client.send(command, { abortSignal }));
    return { requestId: output.$metadata.requestId, frames: output.body![Symbol.asyncIterator]() };
  }

  /** Free, and with limits of its own. */
  async countTokens({ modelId, body }: Invocation, abortSignal: AbortSignal) {
    const command = new CountTokensCommand({ modelId, input: { invokeModel: { body } } });
    const output = await this.withCredentials(() => this.client.send(command, { abortSignal }));
    return { requestId: output.$metadata.requestId, inputTokens: output.inputTokens ?? 0 };
  }

  /** How requests are signed; undefined if no credentials were found in time. */
  async findCredentials(): Promise<'keys' | 'Bedrock API key' | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), CREDENTIALS_TIMEOUT_MS);
    try {
      const preference = await this.client.config.authSchemePreference();
      if (preference.includes('httpBearerAuth')) return 'Bedrock API key';
      const found = this.client.config.credentials().then(() => 'keys' as const);
      return await Promise.race([found, late]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  onModuleDestroy(): void {
    this.client.destroy();
  }

  private async withCredentials<Output>(send: () => Promise<Output>): Promise<Output> {
    if (performance.now() < this.noCredentialsUntilMs) throw new NoCredentialsError(this.config.region);
    try {
      return await send();
    } catch (cause) {
      if (!NO_CREDENTIALS_ERROR.test(String((cause as Error)?.name))) throw cause;
      this.noCredentialsUntilMs = performance.now() + NO_CREDENTIALS_MEMORY_MS;
      throw new NoCredentialsError(this.config.region, cause);
    }
  }
}

/** Replaces the SDK's own collector of complete answers and refusals, which has no limit. */
async function collectWithinLimit(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > MAX_WHOLE_ANSWER_BYTES) throw new Error(`the answer has more than ${MAX_WHOLE_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
