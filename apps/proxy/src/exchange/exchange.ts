import { randomUUID } from 'node:crypto';
import type { PromptCacheNote } from '@claude-proxy/admin-api';
import type { Usage } from '@claude-proxy/messages-api';
import type { AccountDecision, Credential, Failure, HeaderLines, Operation } from '@claude-proxy/upstream';
import type { ExchangeRecord } from './exchange-record.js';
import { GatewayError } from './gateway-error.js';
import { withMaskedKeys } from './masked-keys.js';
import type { RequestTrace } from './request-trace.js';

/** Under which every answer tells the id of its exchange. */
export const EXCHANGE_ID_HEADER = 'x-claude-proxy-exchange';

/** Names the account of the operator that an answer came from. */
export const ACCOUNT_HEADER = 'x-claude-proxy-account';

/** Names what an answer does without. */
export const LEFT_OUT_HEADER = 'x-claude-proxy-dropped';

const MAX_SESSION_CHARACTERS = 128;

/** One try at one upstream. */
export interface Attempt {
  readonly upstream: string;
  /** The HTTP status, where one came. */
  readonly status?: number;
  readonly failure?: Failure;
  /** For people; holds no secret. */
  readonly reason?: string;
  /** True when the limit was simulated and no request was sent. */
  readonly isDrill?: boolean;
  /** The operator's account that was asked. */
  readonly account?: string;
  /** Parts of the request that the answer does without, by name. */
  readonly leftOut?: readonly string[];
  /** Milliseconds after the start of the request; missing for an attempt that failed. */
  readonly startedMs?: number;
  /** Until the answer began, or until the attempt failed. */
  readonly durationMs: number;
}

/**
 * How an exchange ended: `completed` answered whole; `refused` by us or by an upstream; `aborted` the caller left;
 * `broken` the answer was cut after it had begun.
 */
export type Outcome = 'completed' | 'refused' | 'aborted' | 'broken';

/** How often identifiers were masked in the request and restored in the answer, by rule. */
export interface MaskingCounts {
  readonly replaced: Readonly<Record<string, number>>;
  readonly restored: Readonly<Record<string, number>>;
  /** Placeholders that stayed in the answer, because restoring them would not have been reversible. */
  readonly left: number;
  /** Images, PDFs and files that passed, which cannot be masked. Missing: none. */
  readonly blobs?: number;
}

/** Equal tool calls that the conversation of the request ends with. */
export interface RepeatedTools {
  readonly tools: string;
  readonly times: number;
}

/** What an answer said about itself, and what was made of it. */
export interface AnswerFacts {
  readonly usage: Usage | undefined;
  readonly isOutputEstimated: boolean;
  readonly billedAs: string | undefined;
  /** The model named in the answer. */
  readonly model: string | undefined;
  /** The id of the message. */
  readonly messageId: string | undefined;
  readonly stopReason: string | undefined;
  /** An `error` event ended the stream. */
  readonly errorMessage: string | undefined;
  /** The message had begun before that. */
  readonly hasBegun: boolean;
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/**
 * Everything that is known about one request of a caller and its answer. Rooms read its fields, and change them by its verbs
 * while the request passes.
 */
export class Exchange {
  readonly startedAt = Date.now();
  /** Holds the time of its start: the request log finds an exchange by its id alone. */
  readonly id = newExchangeId(this.startedAt);
  /** For the records: the path that an upstream gets may hold what is masked here. */
  readonly path: string;
  private readonly startedTicks = performance.now();

  /** Of the request, as the client spelled it; a key in its place is masked. */
  readonly model: string | undefined;
  readonly isStream: boolean = false;
  readonly requestBytes: number = 0;
  readonly attempts: readonly Attempt[] = [];
  /** Time until the first upstream was asked. */
  readonly queueMs: number | undefined;
  /** Header lines that steps add to the answer. */
  readonly answerHeaders: HeaderLines = [];
  /** Why no upstream that the operator pays for may answer. */
  readonly paidUpstreamsRefusal: string | undefined;
  /** The answer came from an upstream that the operator pays for. */
  readonly isPaidByOperator: boolean = false;
  /** The upstream that gave the answer which the caller got. */
  readonly upstream: string | undefined;
  /** Why the first upstream of the chain is not the one that answered. */
  readonly fallbackReason: string | undefined;
  /** Another upstream than the first choice answered. */
  readonly isFallback: boolean = false;
  readonly isDrill: boolean = false;
  readonly credentialFingerprint: string | undefined;
  /** The public id of the client key, for a caller that has one. */
  readonly clientKeyId: string | undefined;
  readonly team: string | undefined;
  /** As the client names it: see `inSession`. */
  readonly session: string | undefined;
  /** Anthropic was asked with the operator's credential: the caller brought none. */
  readonly hasOperatorCredential: boolean = false;

  /** The operator's account that answered, or was asked last. */
  readonly account: string | undefined;
  /** Why that account; undefined where there was no choice. */
  readonly accountDecision: AccountDecision | undefined;
  /** The agent repeats itself, as far as that is looked for. */
  readonly repeated: RepeatedTools | undefined;
  /** Undefined if nothing was masked. */
  readonly masking: MaskingCounts | undefined;
  /** What is known of the request in its session; undefined without one. */
  readonly promptCache: PromptCacheNote | undefined;

  readonly status: number = 0;
  readonly answerBytes: number = 0;
  readonly firstByteMs: number | undefined;
  readonly durationMs: number = 0;
  readonly usage: Usage | undefined;
  readonly isOutputEstimated: boolean = false;
  /** The row of the price list, where it is not the upstream's name. */
  readonly billedAs: string | undefined;
  /** Null where the price is not known, undefined where nothing was used. */
  readonly costNanoUsd: number | null | undefined;
  /** What the answer would have cost more without a prompt cache; negative if only its writes were paid. */
  readonly cacheSavingNanoUsd: number = 0;
  /** The model named in the answer, where it differs from what was asked. */
  readonly answeredModel: string | undefined;
  /** The id of the message in the answer. */
  readonly messageId: string | undefined;
  readonly stopReason: string | undefined;
  readonly upstreamRequestId: string | undefined;
  readonly outcome: Outcome = 'completed';
  readonly errorMessage: string | undefined;

  /** Undefined without telemetry. */
  readonly trace: RequestTrace | undefined;

  /** The user of the path, until a client key names its own. */
  readonly user: string;
  /** What is logged and stored of it: there once it has ended. */
  readonly record!: ExchangeRecord;

  constructor(
    user: string,
    readonly operation: Operation | 'relay',
    path: string,
  ) {
    this.user = user;
    this.path = withMaskedKeys(path);
  }

  /** Parts of the request that the answer does without, by name. */
  get leftOut(): readonly string[] {
    return this.attempts.at(-1)?.leftOut ?? [];
  }

  /** Milliseconds since the request came in, on a clock that is never set back. */
  elapsedMs(): number {
    return performance.now() - this.startedTicks;
  }

  traced(trace: RequestTrace): void {
    this.set({ trace });
  }

  calledBy(credential: Credential | undefined, isDrill: boolean): void {
    this.set({
      credentialFingerprint: credential?.fingerprint,
      hasOperatorCredential: credential?.source === 'operator',
      isDrill,
    });
  }

  /** Its body is there; what it decodes to may be larger. */
  received(requestBytes: number): void {
    this.set({ requestBytes });
  }

  asksFor(model: string | undefined, isStream: boolean): void {
    this.set({ model: model === undefined ? undefined : withMaskedKeys(model), isStream });
  }

  /** The caller has proved its identity by a client key. */
  identified(user: string, clientKeyId: string): void {
    this.set({ user, clientKeyId });
  }

  ofTeam(team: string | undefined): void {
    if (team !== undefined) this.set({ team });
  }

  /** A longer text is not the id of a session. */
  inSession(session: string | undefined): void {
    const id = session?.trim();
    if (id && id.length <= MAX_SESSION_CHARACTERS) this.set({ session: withMaskedKeys(id) });
  }

  drilled(isDrill: boolean): void {
    this.set({ isDrill });
  }

  /** An upstream is asked now, the first or a further one. */
  asked(): void {
    if (this.queueMs === undefined) this.set({ queueMs: this.elapsedMs() });
  }

  /** An account of the operator is asked, or none. */
  askedWith(account: string | undefined, credential: Credential | undefined): void {
    if (account === this.account) return;
    this.set({ account, ...(account !== undefined && { credentialFingerprint: credential?.fingerprint }) });
  }

  accountDecided(accountDecision: AccountDecision): void {
    this.set({ accountDecision });
  }

  attempted(attempt: Attempt): void {
    this.set({ attempts: [...this.attempts, attempt] });
    this.trace?.attempted(attempt);
  }

  repeats(repeated: RepeatedTools): void {
    this.set({ repeated });
  }

  masked(masking: MaskingCounts): void {
    this.set({ masking });
  }

  /** Its prompt was compared with the one before it. */
  compared(promptCache: PromptCacheNote): void {
    this.set({ promptCache });
  }

  answersWith(lines: HeaderLines): void {
    this.set({ answerHeaders: [...this.answerHeaders, ...lines] });
  }

  /** The first choice is not the one that answers, or has not answered alone. */
  fallsBackFor(fallbackReason: string | undefined): void {
    this.set({ fallbackReason });
  }

  closesPaidUpstreams(paidUpstreamsRefusal: string): void {
    this.set({ paidUpstreamsRefusal });
  }

  answeredBy(upstream: string, isFallback = false, isPaidByOperator = false): void {
    this.set({ upstream, isFallback, isPaidByOperator });
  }

  /** The answer is not an upstream's. */
  answeredLocally(errorMessage = this.errorMessage): void {
    this.set({ upstream: undefined, errorMessage });
  }

  /** The head of an answer has come. A status of 400 or more is a refusal, also where it is relayed. */
  answerBegan(status: number, upstreamRequestId: string | undefined): void {
    this.set({ upstreamRequestId, ...(status >= 400 && { outcome: 'refused' }) });
  }

  respondedWith(status: number): void {
    this.set({ status });
  }

  /** Bytes of the answer that left for the client. On the path of each chunk. */
  sent(bytes: number): void {
    const own = this as Writable<Exchange>;
    own.firstByteMs ??= this.elapsedMs();
    own.answerBytes += bytes;
  }

  /** @param error of ours, or of an upstream */
  rejected(error: unknown): void {
    this.set({ outcome: 'refused', status: statusOf(error), errorMessage: (error as Error).message });
  }

  /** Refused where a head of status 200 has gone out already. */
  rejectedLate(errorMessage = this.errorMessage): void {
    this.set({ outcome: 'refused', errorMessage });
  }

  /** The client left. @param error what this side met on it */
  aborted(error?: unknown): void {
    this.set({
      outcome: 'aborted',
      ...(error !== undefined && { status: statusOf(error), errorMessage: (error as Error).message }),
    });
  }

  broken(errorMessage: string): void {
    this.set({ outcome: 'broken', errorMessage });
  }

  /** An `error` event ends a stream cleanly, and is a failure. A client that leaves on reading it has not left an answer. */
  observed({ model, errorMessage, hasBegun, ...facts }: AnswerFacts): void {
    this.set({ ...facts, ...(model !== this.model && { answeredModel: model }) });
    if (errorMessage === undefined) return;
    const outcome = hasBegun && this.outcome !== 'refused' ? 'broken' : 'refused';
    this.set({ errorMessage: this.errorMessage ?? errorMessage, outcome });
  }

  /** @param usage what the price was for, as it is counted */
  priced(costNanoUsd: number | null | undefined, usage: Usage | undefined, cacheSavingNanoUsd = 0): void {
    this.set({ costNanoUsd, usage, cacheSavingNanoUsd });
  }

  /** Called by the feed, once. Keys are masked here, before a record is kept: reasons are in the words of upstreams. */
  finished(): void {
    this.set({ durationMs: this.elapsedMs() });
    for (const field of QUOTING_FIELDS) {
      const text = this[field];
      if (text !== undefined) this.set({ [field]: withMaskedKeys(text) });
    }
    if (!this.attempts.some(({ reason }) => reason !== undefined)) return;
    this.set({
      attempts: this.attempts.map((attempt) =>
        attempt.reason === undefined ? attempt : { ...attempt, reason: withMaskedKeys(attempt.reason) },
      ),
    });
  }

  recorded(record: ExchangeRecord): void {
    this.set({ record });
  }

  private set(facts: Partial<Writable<Exchange>>): void {
    Object.assign(this, facts);
  }
}

type MethodOf<Type> = {
  [Name in keyof Type]: Type[Name] extends (...given: never[]) => unknown ? Name : never;
}[keyof Type];

/** What listeners get: the record, which has no more verbs. */
export type FinishedExchange = Omit<Exchange, MethodOf<Exchange>>;

/** In the words of clients and upstreams, beside those that an exchange masks as they are set. */
const QUOTING_FIELDS = [
  'errorMessage',
  'fallbackReason',
  'answeredModel',
  'stopReason',
  'upstreamRequestId',
  'billedAs',
] as const satisfies readonly (keyof Exchange)[];

function statusOf(error: unknown): number {
  return error instanceof GatewayError ? error.status : 500;
}

/** Sorts by time: 9 digits of milliseconds in base 36, then 60 random bits of a UUID (Node draws those ahead, many at once). */
function newExchangeId(startedAt: number): string {
  const random = randomUUID();
  return `exc_${startedAt.toString(36).padStart(9, '0')}${random.slice(0, 8)}${random.slice(9, 13)}${random.slice(-3)}`;
}
