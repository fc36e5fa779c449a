import { validateHeaderName, validateHeaderValue } from 'node:http';
import {
  type Acceptance,
  type AnswerBody,
  type BodySink,
  type RelayRequest,
  type SendOptions,
  type UpstreamAnswer,
  UpstreamError,
  type UpstreamProvider,
  type UpstreamRequest,
} from '@claude-proxy/upstream';
import { Logger } from '@nestjs/common';

type Note = (method: string, error: unknown) => void;

/**
 * An upstream of a team, whose faults are its own. Where it throws although the contract says that it does not, the log tells it
 * once, and the request goes on as if it had failed there, or as if it had no such method.
 */
export class GuardedUpstream implements UpstreamProvider {
  private readonly logger = new Logger(GuardedUpstream.name);
  private readonly noted = new Set<string>();
  private readonly note: Note = (method, error) => this.logOnce(method, error);
  readonly limitScopes?: NonNullable<UpstreamProvider['limitScopes']>;
  readonly limitGroup?: NonNullable<UpstreamProvider['limitGroup']>;
  readonly relay?: NonNullable<UpstreamProvider['relay']>;
  readonly readiness?: NonNullable<UpstreamProvider['readiness']>;
  readonly probeCredential?: NonNullable<UpstreamProvider['probeCredential']>;

  constructor(
    private readonly name: string,
    private readonly provider: UpstreamProvider,
  ) {
    if (provider.limitScopes) this.limitScopes = (request, credential) => this.scopesOf(request, credential);
    if (provider.limitGroup) this.limitGroup = (request) => provider.limitGroup!(request);
    if (provider.relay) this.relay = (request, options) => this.relayed(request, options);
    if (provider.readiness) this.readiness = () => provider.readiness!();
    if (provider.probeCredential) {
      this.probeCredential = async (credential, signal) => provider.probeCredential!(credential, signal);
    }
  }

  /** Throws on: not to know whether a request is taken is a failure, and no refusal of the request. */
  accepts(request: UpstreamRequest): Acceptance {
    try {
      return this.provider.accepts(request);
    } catch (error) {
      this.note('accepts', error);
      throw error;
    }
  }

  async send(request: UpstreamRequest, options: SendOptions): Promise<UpstreamAnswer> {
    return guarded(() => this.provider.send(request, options), this.note);
  }

  private async relayed(request: RelayRequest, options: SendOptions): Promise<UpstreamAnswer> {
    return guarded(() => this.provider.relay!(request, options), this.note);
  }

  private scopesOf(...asked: Parameters<NonNullable<UpstreamProvider['limitScopes']>>): readonly string[] {
    try {
      return this.provider.limitScopes!(...asked);
    } catch (error) {
      this.note('limitScopes', error);
      return [];
    }
  }

  /** It would fail so for every request. */
  private logOnce(method: string, error: unknown): void {
    if (this.noted.has(method)) return;
    this.noted.add(method);
    this.logger.error(`❌ ${this.name} throws in ${method} (logged once): ${String(error)}`);
  }
}

async function guarded(ask: () => Promise<UpstreamAnswer>, note: Note): Promise<UpstreamAnswer> {
  try {
    return guardedAnswer(await ask(), note);
  } catch (error) {
    throw error instanceof UpstreamError ? guardedRefusal(error, note) : error;
  }
}

/** What an upstream refuses with is handed on like an answer. It may be one and the same error each time. */
function guardedRefusal(error: UpstreamError, note: Note): UpstreamError {
  const { answer } = error;
  if (!answer || answer.body instanceof GuardedBody) return error;
  return Object.assign(error, { answer: guardedAnswer(answer, note) });
}

function guardedAnswer(answer: UpstreamAnswer, note: Note): UpstreamAnswer {
  const { status, headers, billedAs, leftOut } = answer;
  const body = new GuardedBody(answer.body, note);
  expectSendable(answer, body);
  return {
    status,
    headers,
    body,
    ...(billedAs === undefined ? {} : { billedAs }),
    ...(Array.isArray(leftOut) ? { leftOut: leftOut.map(String) } : {}),
    ...(answer.measuredUsage ? { measuredUsage: () => measuredBy(answer, note) } : {}),
  };
}

/** Known while another can answer: one whose head could not be sent would leave its caller without any. */
function expectSendable({ status, headers }: UpstreamAnswer, body: AnswerBody): void {
  try {
    if (!Number.isInteger(status) || status < 200 || status > 999) throw new RangeError(`${status} is not a status`);
    for (let index = 0; index < headers.length; index += 2) {
      validateHeaderName(headers[index]!);
      validateHeaderValue(headers[index]!, headers[index + 1]!);
    }
  } catch (error) {
    body.destroy();
    throw error;
  }
}

function measuredBy(answer: UpstreamAnswer, note: Note): Record<string, unknown> | undefined {
  try {
    return answer.measuredUsage!();
  } catch (error) {
    note('measuredUsage', error);
    return undefined;
  }
}

/** Its calls come from the events of a socket, where an error would be uncaught. */
class GuardedBody implements AnswerBody {
  private sink: BodySink | undefined;

  constructor(
    private readonly body: AnswerBody,
    private readonly note: Note,
  ) {}

  pipe(sink: BodySink): void {
    this.sink = sink;
    this.tried('pipe');
  }

  resume(): void {
    this.tried('resume');
  }

  destroy(): void {
    try {
      this.body.destroy();
    } catch (error) {
      this.note('destroy', error);
    }
  }

  private tried(method: 'pipe' | 'resume'): void {
    try {
      if (method === 'pipe') this.body.pipe(this.sink!);
      else this.body.resume();
    } catch (error) {
      this.note(method, error);
      this.destroy();
      this.sink?.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
