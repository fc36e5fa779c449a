import { randomUUID } from 'node:crypto';
import type { PromptCacheNote } from '@claude-proxy/admin-api';
import type { Usage } from '@claude-proxy/messages-api';
import type { Exchange } from '../../../apps/proxy/src/exchange/exchange.js';
import { cacheBreakLineOf } from '../../../apps/proxy/src/sessions/cache-break-line.js';
import { usageWithoutLoss } from '../../../apps/proxy/src/sessions/lost-cost.js';
import { ACCOUNTS, between, isLimitedAt, type Member, pick } from './company.js';
import { answeredExchange, failedExchange, finishPast, outputTokens, type PastGateway } from './past-exchange.js';
import { type Incident, incidentOf } from './past-incident.js';

const SECOND_MS = 1_000;
/** Tools and system prompt of Claude Code. */
const HEAD_TOKENS = 21_000;
const FULL_CONTEXT_TOKENS = 168_000;
const TITLE_MODEL = 'claude-haiku-5-5';
const FAILED_SHARE = 0.012;
const BREAK_SHARE = 0.035;
const LIMITED_BREAK_SHARE = 0.12;
const TURNS_ON_BEDROCK = 4;

const NOT_COMPARED: PromptCacheNote = {
  ...{ conversation: 1, role: 'main', agent: null, begins: 'new', has_unseen_requests: false, previous: null },
  ...{ idle_seconds: null, messages: 1, tools: 0, cache_break: null },
};

/** One session of Claude Code in the past: a title, then one conversation whose context grows with each turn. */
export class PastSession {
  private readonly id = randomUUID();
  private readonly requests: Exchange[] = [];
  private readonly model: string;
  private account: string = pick(ACCOUNTS).name;
  private tools = Math.round(between(12, 22));
  private turn = 0;
  private conversation = 2;
  private contextTokens = HEAD_TOKENS + Math.round(between(1_000, 9_000));
  private cachedTokens = 0;
  private turnsOnBedrock = 0;
  private previous: Exchange | undefined;

  /** @param isUnderWay the session began earlier: a part of it is played */
  constructor(
    private readonly gateway: PastGateway,
    private readonly member: Member,
    private nowMs: number,
    private readonly isUnderWay = false,
  ) {
    this.model = pick(member.models);
    if (isUnderWay) this.contextTokens = Math.round(between(HEAD_TOKENS, FULL_CONTEXT_TOKENS));
    if (isUnderWay) this.cachedTokens = this.contextTokens;
  }

  /** Its requests up to a time, oldest first. */
  play(turns: number, untilMs: number): readonly Exchange[] {
    if (!this.isUnderWay) this.askForTitle();
    for (; this.turn < turns && this.nowMs < untilMs; this.turn += 1) {
      if (Math.random() < FAILED_SHARE) this.fail();
      else this.answer(untilMs);
      this.nowMs += between(8, 75) * SECOND_MS;
    }
    return this.requests;
  }

  private askForTitle(): void {
    const usage = { input_tokens: 620, output_tokens: 14 };
    const exchange = answeredExchange(this.gateway, { ...this.request(usage), model: TITLE_MODEL });
    exchange.compared({ ...NOT_COMPARED, role: 'side' });
    this.requests.push(finishPast(exchange));
    this.nowMs += between(0.1, 0.6) * SECOND_MS;
  }

  private fail(): void {
    const { member, model, id: session, nowMs: startedAt } = this;
    this.requests.push(finishPast(failedExchange(this.gateway, { member, model, session, startedAt })));
  }

  private answer(untilMs: number): void {
    const isFull = this.contextTokens > FULL_CONTEXT_TOKENS;
    if (isFull) this.compact();
    const incident = isFull ? undefined : this.incident();
    this.apply(incident);
    if (this.nowMs >= untilMs) return;
    const usage = this.usage(incident);
    const isFallback = this.turnsOnBedrock > 0;
    const exchange = answeredExchange(this.gateway, { ...this.request(usage), isFallback });
    exchange.compared(this.note(exchange, incident, isFull));
    this.requests.push(finishPast(exchange));
    this.turnsOnBedrock = Math.max(0, this.turnsOnBedrock - 1);
    this.cachedTokens = this.contextTokens;
    this.contextTokens += usage.output_tokens! + Math.round(between(200, 5_200));
    this.previous = exchange;
  }

  private request(usage: Usage) {
    const { member, model, account, id: session, nowMs: startedAt } = this;
    return { member, model, account, session, startedAt, usage };
  }

  private incident(): Incident | undefined {
    const { account, tools, turn, cachedTokens } = this;
    if (cachedTokens < HEAD_TOKENS || this.turnsOnBedrock > 0) return undefined;
    const isLimited = isLimitedAt(this.nowMs);
    if (Math.random() > (isLimited ? LIMITED_BREAK_SHARE : BREAK_SHARE)) return undefined;
    return incidentOf({ account, tools, messages: 2 * turn + 1, cachedTokens, headTokens: HEAD_TOKENS }, isLimited);
  }

  private apply(incident: Incident | undefined): void {
    this.nowMs += incident?.pauseMs ?? 0;
    this.tools = incident?.tools ?? this.tools;
    this.account = incident?.account ?? this.account;
    if (incident?.isOnBedrock) this.turnsOnBedrock = TURNS_ON_BEDROCK;
  }

  /** The same tools and system prompt, and a summary in place of the messages. */
  private compact(): void {
    this.conversation += 1;
    this.contextTokens = HEAD_TOKENS + Math.round(between(4_000, 9_000));
    this.cachedTokens = HEAD_TOKENS;
  }

  private usage(incident: Incident | undefined): Usage {
    const read = incident?.readTokens ?? this.cachedTokens;
    const input = Math.round(between(4, 60));
    return {
      input_tokens: input,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: this.contextTokens - read - input,
      output_tokens: outputTokens(),
    };
  }

  private note(exchange: Exchange, incident: Incident | undefined, isCompacted: boolean): PromptCacheNote {
    const { previous, tools, conversation } = this;
    const common = { ...NOT_COMPARED, conversation, tools, messages: 2 * this.turn + 1 };
    if (isCompacted) return { ...common, begins: 'restarted' };
    if (!previous) return common;
    const idle = Math.round((exchange.startedAt - previous.startedAt) / SECOND_MS);
    const cache_break = incident ? this.breakOf(exchange, incident) : null;
    return { ...common, begins: 'continued', previous: previous.id, idle_seconds: idle, cache_break };
  }

  private breakOf(exchange: Exchange, { reason, readTokens }: Incident): PromptCacheNote['cache_break'] {
    const { upstream, model, user, billedAs, costNanoUsd } = exchange;
    const { cachedTokens: expectedTokens } = this;
    const lostTokens = expectedTokens - readTokens;
    const usage = usageWithoutLoss(exchange.usage!, lostTokens);
    const billed = { upstream, model, user, billedAs, usage, answeredModel: undefined };
    const cheaper = this.gateway.costs.costOf(billed);
    const lostNanoUsd = typeof costNanoUsd === 'number' && typeof cheaper === 'number' ? costNanoUsd - cheaper : null;
    return cacheBreakLineOf({ reason, also: [], expectedTokens, lostTokens }, lostNanoUsd);
  }
}
