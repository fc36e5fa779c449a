import { AdminApiError } from './admin-api-error.js';
import { fetchTransport, type Transport, type TransportAnswer } from './transport.js';

const TIMEOUT_MS = 20_000;
const EXCHANGE_HEADER = 'x-claude-proxy-exchange';

export interface AdminClientOptions {
  /** Address of the gateway. A path in it is kept, so a gateway behind a path prefix works. */
  readonly baseUrl: string | URL;
  /** The admin token, sent as a header. Without it a browser sends its session cookie. */
  readonly token?: string;
  /** Called after each 401 and 403, except those of a sign-in. */
  readonly onUnauthorized?: () => void;
  /** Aborts every call; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called after each call, for a record of what was asked. */
  readonly onAnswer?: (answer: Answered) => void;
  /** @default - `fetch` */
  readonly transport?: Transport;
}

export interface Answered {
  readonly method: string;
  /** With the query, without the address. */
  readonly path: string;
  /** 0 if there was no answer. */
  readonly status: number;
  readonly durationMs: number;
  readonly requestId: string | null;
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** A status beside 2xx whose body is an answer, not an error. */
  readonly acceptedStatus?: number;
  readonly isSignIn?: boolean;
}

interface Refusal {
  readonly error?: { readonly type?: string; readonly message?: string };
  readonly request_id?: string;
}

/** Sends requests to one gateway. */
export class HttpCall {
  private readonly base: URL;
  private readonly transport: Transport;

  constructor(private readonly options: AdminClientOptions) {
    this.transport = options.transport ?? fetchTransport;
    this.base = new URL(options.baseUrl);
    if (!this.base.pathname.endsWith('/')) this.base.pathname += '/';
  }

  /** @throws AdminApiError; the reason of `signal` if the caller aborted */
  async json<T>(path: string, call: Call = {}): Promise<T> {
    return this.read(path, call, 'application/json', (answer) => this.answerOf<T>(answer, call));
  }

  /** @throws AdminApiError; the reason of `signal` if the caller aborted */
  async text(path: string, call: Call = {}): Promise<string> {
    return this.read(path, call, '*/*', (answer) => (isGood(answer) ? answer.text() : this.refuse(answer, false)));
  }

  private async read<T>(
    path: string,
    call: Call,
    accept: string,
    read: (answer: TransportAnswer) => Promise<T>,
  ): Promise<T> {
    const signals = [call.signal, this.options.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any([...signals, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      return await read(await this.send(path, call, signal, accept));
    } catch (error) {
      for (const each of signals) each.throwIfAborted();
      throw error instanceof AdminApiError ? error : unreachable(error);
    }
  }

  /** The body of a stream of events. @throws AdminApiError */
  async stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.send(path, {}, signal, 'text/event-stream').catch((error: unknown) => {
      throw error instanceof AdminApiError ? error : unreachable(error);
    });
    const chunks = isGood(answer) ? answer.chunks() : undefined;
    return chunks ?? this.refuse(answer, false);
  }

  private send(path: string, call: Call, signal: AbortSignal, accept: string): Promise<TransportAnswer> {
    const { method = 'GET', query = {}, body } = call;
    const url = new URL(path, this.base);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
    }
    const headers = {
      accept,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(this.options.token !== undefined && { 'x-admin-token': this.options.token }),
    };
    const sent = { method, headers, body: body === undefined ? null : JSON.stringify(body), signal };
    return this.noted(method, url, () => this.transport(url, sent));
  }

  private async noted(method: string, url: URL, send: () => Promise<TransportAnswer>): Promise<TransportAnswer> {
    const { onAnswer } = this.options;
    if (!onAnswer) return send();
    const startedMs = performance.now();
    const note = (status: number, requestId: string | null) =>
      onAnswer({
        method,
        path: url.pathname + url.search,
        status,
        durationMs: performance.now() - startedMs,
        requestId,
      });
    try {
      const answer = await send();
      note(answer.status, answer.header(EXCHANGE_HEADER));
      return answer;
    } catch (error) {
      note(0, null);
      throw error;
    }
  }

  private async answerOf<T>(answer: TransportAnswer, { acceptedStatus, isSignIn = false }: Call): Promise<T> {
    if (!isGood(answer) && answer.status !== acceptedStatus) return this.refuse(answer, isSignIn);
    const text = await answer.text();
    if (text === '') return undefined as T;
    const json = parsed(text);
    if (json === undefined) throw new AdminApiError(answer.status, `The answer is not JSON: ${text.slice(0, 80)}`);
    return json as T;
  }

  private async refuse(answer: TransportAnswer, isSignIn: boolean): Promise<never> {
    const { error, request_id } = (parsed(await answer.text()) ?? {}) as Refusal;
    const refusal = new AdminApiError(
      answer.status,
      error?.message || answer.statusText || `The gateway answered with status ${answer.status}`,
      error?.type,
      request_id ?? answer.header(EXCHANGE_HEADER) ?? undefined,
      Number(answer.header('retry-after')) || undefined,
    );
    if (refusal.isUnauthorized && !isSignIn) this.options.onUnauthorized?.();
    throw refusal;
  }
}

function isGood({ status }: TransportAnswer): boolean {
  return status >= 200 && status < 300;
}

/** `fetch` reports a refused connection as "fetch failed"; its cause names the reason. */
function unreachable(error: unknown): AdminApiError {
  const { name, message, cause } = error as Error & { cause?: { message?: string } };
  if (name === 'TimeoutError') return new AdminApiError(0, `no answer in ${TIMEOUT_MS / 1_000} s`);
  return new AdminApiError(0, cause?.message ? `${message}: ${cause.message}` : (message ?? String(error)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
