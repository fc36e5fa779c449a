import type { PromptCacheNote } from '@claude-proxy/admin-api';
import { countOf, membersOfJson } from '@claude-proxy/messages-api';
import { type ExchangeStep, headerOf, STEP_ORDERS, Step, type StepRequest, type StepRun } from '@claude-proxy/upstream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import type { Exchange } from '../exchange/exchange.js';
import { metadataIdsOf } from '../exchange/metadata-ids.js';
import { CostService } from '../prices/cost.service.js';
import { cacheBreakLineOf } from './cache-break-line.js';
import { usageWithoutLoss } from './lost-cost.js';
import {
  type Baseline,
  baselineAfter,
  type CacheBreak,
  type CachedPrompt,
  cacheBreakOf,
} from './prompt/cache-break.js';
import { hasUnseenAnswers } from './prompt/prompt-changes.js';
import { type MemberOf, PromptReader } from './prompt/read-prompt.js';
import type { Placement } from './prompt/session-lines.js';
import { type SessionsConfig, sessionsSection } from './sessions.config.js';
import { TrackedSessions } from './tracked-sessions.js';

const AGENT_HEADER = 'x-claude-code-agent-id';
const MAX_AGENT_CHARACTERS = 64;

/** One request of a session on its way. */
interface Run {
  readonly key: string;
  readonly placement: Placement;
  /** The answered request that it is compared with. */
  readonly before: Baseline | undefined;
  readonly agent: string | undefined;
  organization?: string | undefined;
  workspace?: string | undefined;
}

/**
 * Compares each prompt of a session with the one before it, as it is sent to the upstream. It changes nothing, refuses
 * nothing, and comes after the steps that replace bodies.
 */
@Step('sessions', STEP_ORDERS.sessions)
@Injectable()
export class SessionsStep implements ExchangeStep<Caller> {
  private readonly logger = new Logger('Sessions');
  readonly isEnabled: boolean;
  readonly sessions = new TrackedSessions();

  constructor(
    private readonly costs: CostService,
    @Inject(sessionsSection.token) { isTracking }: SessionsConfig,
  ) {
    this.isEnabled = isTracking;
  }

  appliesTo({ exchange }: Caller): boolean {
    return exchange.operation === 'messages';
  }

  before(request: StepRequest, { exchange }: Caller): StepRun | undefined {
    try {
      const memberOf = memberOfBody(request);
      if (exchange.session === undefined) exchange.inSession(metadataIdsOf(memberOf('metadata')).session);
      if (exchange.session === undefined) return undefined;
      return this.followed(this.begin(memberOf, request, exchange), exchange);
    } catch (error) {
      // Such as a body that the upstream will refuse.
      this.logger.debug(`the prompt of ${exchange.id} is not followed: ${String(error)}`);
      return undefined;
    }
  }

  private begin(memberOf: MemberOf, request: StepRequest, { user, session }: Exchange): Run {
    const key = `${user}\n${session}`;
    const agent = headerOf(request.headers, AGENT_HEADER)?.slice(0, MAX_AGENT_CHARACTERS);
    const placement = this.sessions.linesOf(key, Date.now()).place(new PromptReader(memberOf), agent);
    return { key, placement, before: placement.line.baseline, agent };
  }

  private followed(run: Run, exchange: Exchange): StepRun {
    return {
      answer: (answer) => {
        run.organization = headerOf(answer.headers, 'anthropic-organization-id');
        run.workspace = headerOf(answer.headers, 'anthropic-workspace-id');
        return answer;
      },
      after: () => this.end(run, exchange),
    };
  }

  private end({ key, placement, before, agent, ...owner }: Run, exchange: Exchange): void {
    const request = cachedPromptOf(exchange, placement, owner);
    // A request without an answer has left nothing in a cache.
    if (!request) return;
    const found = before && cacheBreakOf(before, request);
    const nowMs = Date.now();
    const line = this.sessions.linesOf(key, nowMs).keep(placement.line, baselineAfter(before, request));
    this.sessions.measure(key, nowMs);
    exchange.compared({
      ...noteOf(placement, before, request, agent),
      conversation: line.number,
      cache_break: found ? cacheBreakLineOf(found, this.lostNanoUsd(exchange, found)) : null,
    });
  }

  private lostNanoUsd(exchange: Exchange, { lostTokens }: CacheBreak): number | null {
    const { usage, costNanoUsd } = exchange;
    if (!usage || typeof costNanoUsd !== 'number') return null;
    const { upstream, billedAs, answeredModel, model, user } = exchange;
    const cheaper = this.costs.costOf({
      ...{ upstream, billedAs, answeredModel, model, user },
      usage: usageWithoutLoss(usage, lostTokens),
    });
    return typeof cheaper === 'number' ? Math.max(0, costNanoUsd - cheaper) : null;
  }
}

/** A body that a step has replaced was not scanned. */
function memberOfBody({ member, body }: StepRequest): MemberOf {
  if (member) return member;
  const members = membersOfJson(body!);
  return (name) => {
    const range = members.get(name);
    return range && body!.subarray(range.start, range.end);
  };
}

function cachedPromptOf(
  exchange: Exchange,
  { prompt }: Placement,
  owner: Pick<Run, 'organization' | 'workspace'>,
): CachedPrompt | undefined {
  const { id, upstream, usage, answeredModel, model = '', account, credentialFingerprint, startedAt } = exchange;
  if (!usage || upstream === undefined) return undefined;
  const readTokens = countOf(usage.cache_read_input_tokens);
  const writtenTokens = countOf(usage.cache_creation_input_tokens);
  return {
    id,
    prompt,
    owner: {
      upstream,
      model: answeredModel ?? model,
      organization: owner.organization,
      workspace: owner.workspace,
      credential: account ?? credentialFingerprint,
    },
    startedAtMs: startedAt,
    readTokens,
    writtenTokens,
    inputTokens: countOf(usage.input_tokens) + readTokens + writtenTokens,
  };
}

function noteOf(
  { prompt, begins }: Placement,
  before: Baseline | undefined,
  request: CachedPrompt,
  agent: string | undefined,
): Omit<PromptCacheNote, 'conversation' | 'cache_break'> {
  const tools = prompt.tools.hashes.length;
  return {
    role: agent === undefined ? (tools > 0 ? 'main' : 'side') : 'agent',
    agent: agent ?? null,
    begins,
    has_unseen_requests: begins !== 'restarted' && hasUnseenAnswers(before?.prompt, prompt),
    previous: before?.id ?? null,
    idle_seconds: before ? Math.max(0, Math.round((request.startedAtMs - before.startedAtMs) / 1_000)) : null,
    messages: prompt.messages.count,
    tools,
  };
}
