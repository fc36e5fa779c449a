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
  readonly status?: number | undefined;
  readonly failure?: Failure;
  /** For people; holds no secret. */
  readonly reason?: string;
  /** True when the limit was simulated and no request was sent. */
  readonly isDrill?: boolean | undefined;
  /** The operator's account that was asked. */
  readonly account?: string | undefined;
  /** Parts of the request that the answer does without, by name. */
  readonly leftOut?: readonly string[] | undefined;
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
  /** Its listeners have been told: nothing changes any more. */
  readonly isFinished: boolean = false;
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
    this.own.trace = trace;
  }

  calledBy(credential: Credential | undefined, isDrill: boolean): void {
    const { own } = this;
    own.credentialFingerprint = credential?.fingerprint;
    own.hasOperatorCredential = credential?.source === 'operator';
    own.isDrill = isDrill;
  }

  /** Its body is there; what it decodes to may be larger. */
  received(requestBytes: number): void {
    this.own.requestBytes = requestBytes;
  }

  asksFor(model: string | undefined, isStream: boolean): void {
    this.own.model = model === undefined ? undefined : withMaskedKeys(model);
    this.own.isStream = isStream;
  }

  /** The caller has proved its identity by a client key. */
  identified(user: string, clientKeyId: string): void {
    this.own.user = user;
    this.own.clientKeyId = clientKeyId;
  }

  ofTeam(team: string | undefined): void {
    if (team !== undefined) this.own.team = team;
  }

  /** A longer text is not the id of a session. */
  inSession(session: string | undefined): void {
    const id = session?.trim();
    if (id && id.length <= MAX_SESSION_CHARACTERS) this.own.session = withMaskedKeys(id);
  }

  drilled(isDrill: boolean): void {
    this.own.isDrill = isDrill;
  }

  /** An upstream is asked now, the first or a further one. */
  asked(): void {
    this.own.queueMs ??= this.elapsedMs();
  }

  /** An account of the operator is asked, or none. */
  askedWith(account: string | undefined, credential: Credential | undefined): void {
    if (account === this.account) return;
    this.own.account = account;
    if (account !== undefined) this.own.credentialFingerprint = credential?.fingerprint;
  }

  accountDecided(accountDecision: AccountDecision): void {
    this.own.accountDecision = accountDecision;
  }

  attempted(attempt: Attempt): void {
    this.own.attempts = [...this.attempts, attempt];
    this.trace?.attempted(attempt);
  }

  repeats(repeated: RepeatedTools): void {
    this.own.repeated = repeated;
  }

  masked(masking: MaskingCounts): void {
    this.own.masking = masking;
  }

  /** Its prompt was compared with the one before it. */
  compared(promptCache: PromptCacheNote): void {
    this.own.promptCache = promptCache;
  }

  answersWith(lines: HeaderLines): void {
    this.own.answerHeaders = [...this.answerHeaders, ...lines];
  }

  /** The first choice is not the one that answers, or has not answered alone. */
  fallsBackFor(fallbackReason: string | undefined): void {
    this.own.fallbackReason = fallbackReason;
  }

  closesPaidUpstreams(paidUpstreamsRefusal: string): void {
    this.own.paidUpstreamsRefusal = paidUpstreamsRefusal;
  }

  answeredBy(upstream: string, isFallback = false, isPaidByOperator = false): void {
    const { own } = this;
    own.upstream = upstream;
    own.isFallback = isFallback;
    own.isPaidByOperator = isPaidByOperator;
  }

  /** The answer is not an upstream's. */
  answeredLocally(errorMessage = this.errorMessage): void {
    this.own.upstream = undefined;
    this.own.errorMessage = errorMessage;
  }

  /** The head of an answer has come. A status of 400 or more is a refusal, also where it is relayed. */
  answerBegan(status: number, upstreamRequestId: string | undefined): void {
    this.own.upstreamRequestId = upstreamRequestId;
    if (status >= 400) this.own.outcome = 'refused';
  }

  respondedWith(status: number): void {
    this.own.status = status;
  }

  /** Bytes of the answer that left for the client. On the path of each chunk. */
  sent(bytes: number): void {
    this.own.firstByteMs ??= this.elapsedMs();
    this.own.answerBytes += bytes;
  }

  /** @param error of ours, or of an upstream */
  rejected(error: unknown): void {
    this.own.outcome = 'refused';
    this.failedWith(error);
  }

  /** Refused where a head of status 200 has gone out already. */
  rejectedLate(errorMessage = this.errorMessage): void {
    this.own.outcome = 'refused';
    this.own.errorMessage = errorMessage;
  }

  /** The client left. @param error what this side met on it */
  aborted(error?: unknown): void {
    this.own.outcome = 'aborted';
    if (error !== undefined) this.failedWith(error);
  }

  broken(errorMessage: string): void {
    this.own.outcome = 'broken';
    this.own.errorMessage = errorMessage;
  }

  /** An `error` event ends a stream cleanly, and is a failure. A client that leaves on reading it has not left an answer. */
  observed(facts: AnswerFacts): void {
    const { own } = this;
    own.usage = facts.usage;
    own.isOutputEstimated = facts.isOutputEstimated;
    own.billedAs = facts.billedAs;
    own.messageId = facts.messageId;
    own.stopReason = facts.stopReason;
    if (facts.model !== this.model) own.answeredModel = facts.model;
    if (facts.errorMessage === undefined) return;
    own.outcome = facts.hasBegun && this.outcome !== 'refused' ? 'broken' : 'refused';
    own.errorMessage ??= facts.errorMessage;
  }

  /** @param usage what the price was for, as it is counted */
  priced(costNanoUsd: number | null | undefined, usage: Usage | undefined, cacheSavingNanoUsd = 0): void {
    const { own } = this;
    own.costNanoUsd = costNanoUsd;
    own.usage = usage;
    own.cacheSavingNanoUsd = cacheSavingNanoUsd;
  }

  /** Called by the feed, once. Keys are masked here, before a record is kept: reasons are in the words of upstreams. */
  finished(): void {
    const { own } = this;
    own.isFinished = true;
    own.durationMs = this.elapsedMs();
    // In the words of clients and upstreams, beside those that are masked as they are set.
    own.errorMessage = maskedText(own.errorMessage);
    own.fallbackReason = maskedText(own.fallbackReason);
    own.answeredModel = maskedText(own.answeredModel);
    own.stopReason = maskedText(own.stopReason);
    own.upstreamRequestId = maskedText(own.upstreamRequestId);
    own.billedAs = maskedText(own.billedAs);
    if (!this.attempts.some(({ reason }) => reason !== undefined)) return;
    own.attempts = this.attempts.map((attempt) =>
      attempt.reason === undefined ? attempt : { ...attempt, reason: withMaskedKeys(attempt.reason) },
    );
  }

  recorded(record: ExchangeRecord): void {
    this.own.record = record;
  }

  private failedWith(error: unknown): void {
    this.own.status = statusOf(error);
    this.own.errorMessage = (error as Error).message;
  }

  private get own(): Writable<Exchange> {
    return this;
  }
}

type MethodOf<Type> = {
  [Name in keyof Type]: Type[Name] extends (...given: never[]) => unknown ? Name : never;
}[keyof Type];

/** What listeners get: the record, which has no more verbs. */
export type FinishedExchange = Omit<Exchange, MethodOf<Exchange>>;

function maskedText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : withMaskedKeys(text);
}

function statusOf(error: unknown): number {
  return error instanceof GatewayError ? error.status : 500;
}

/** Sorts by time: 9 digits of milliseconds in base 36, then 60 random bits of a UUID (Node draws those ahead, many at once). */
function newExchangeId(startedAt: number): string {
  const random = randomUUID();
  return `exc_${startedAt.toString(36).padStart(9, '0')}${random.slice(0, 8)}${random.slice(9, 13)}${random.slice(-3)}`;
}
