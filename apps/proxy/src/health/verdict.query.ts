import type { Readiness, Verdict } from '@claude-proxy/admin-api';
import { Inject, Injectable } from '@nestjs/common';
import { ClientKeys } from '../auth/keys/client-keys.service.js';
import { DrillRegister } from '../fallback/drills/drill.register.js';
import { FallbackSwitch } from '../fallback/fallback.switch.js';
import { LimitStore } from '../fallback/limit.store.js';
import { type LimitItem, livingScopes } from '../fallback/limit-item.js';
import { AnalyticsQuery } from '../request-log/analytics.query.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { TaskRegister } from '../state/task.register.js';
import { inTime, ReadinessQuery } from './readiness.query.js';
import { recentOf } from './recent.js';
import { type Signs, verdictOf } from './verdict.js';

/** Judges how the gateway is. The dashboard, the command line and other clients show this one verdict. */
@Injectable()
export class VerdictQuery {
  constructor(
    private readonly readiness: ReadinessQuery,
    private readonly analytics: AnalyticsQuery,
    private readonly limits: LimitStore,
    private readonly drills: DrillRegister,
    private readonly fallback: FallbackSwitch,
    private readonly keys: ClientKeys,
    private readonly tasks: TaskRegister,
    @Inject(stateSection.token) private readonly config: StateConfig,
  ) {}

  /** Never rejects: what cannot be found out in time is left out. */
  async now(): Promise<Verdict> {
    const [readiness, hour, limits, drills, tasks] = await Promise.all([
      this.readiness.now(),
      inTime(
        this.analytics.lastHour().catch(() => undefined),
        undefined,
      ),
      inTime(
        this.limits.all().catch(() => []),
        [],
      ),
      this.drills.running(),
      this.tasks.list(),
    ]);
    const firstChoice = readiness.upstreams[0]?.name ?? 'anthropic';
    const recent = hour && recentOf(hour, firstChoice);
    const signs: Signs = {
      ...this.signsOf(readiness),
      minutes: recent?.minutes ?? null,
      requests: recent?.requests ?? 0,
      caller_errors: recent?.callerErrors ?? 0,
      failures: recent?.failures ?? 0,
      fallbacks: recent?.fallbacks ?? 0,
      first_byte_ms: recent?.firstByteMs ?? null,
      first_choice: firstChoice,
      fallback_upstream: recent?.fallbackUpstream ?? readiness.upstreams[1]?.name ?? null,
      limited_users: limits.filter(isLimited).length,
      is_drill: this.drills.isForced || drills.length > 0,
      other_tasks: tasks.tasks.filter(({ is_this, state }) => !is_this && state === 'serving').length,
      silent_tasks: tasks.tasks.filter(({ state }) => state === 'silent').length,
    };
    return { ...verdictOf(signs), readiness };
  }

  private signsOf({ status, store, upstreams, accounts }: Readiness) {
    const { is_on, is_configured, reason } = this.fallback.state();
    const others = upstreams.slice(1);
    const ends = (accounts?.not_ready ?? []).map(({ until }) => until).filter((until) => until !== null);
    return {
      isDraining: status === 'draining',
      hasUsableUpstream: upstreams.some(({ usable }) => usable),
      hasUsableFallback: is_on && others.some(({ usable }) => usable),
      isFallbackConfigured: is_configured && others.length > 0,
      lacksCredential: this.keys.isRequired && accounts === undefined,
      unavailable: upstreams
        .filter(({ usable, name }) => !usable && (is_configured || name === upstreams[0]?.name))
        .map(({ name, detail }) => ({ name, detail })),
      store,
      store_engine: this.config.engine,
      accounts: { total: accounts?.total ?? 0, ready: accounts?.ready ?? 0 },
      accounts_until: ends.length > 0 ? Math.min(...ends) : null,
      off_reason: is_configured && !is_on ? (reason ?? '') : null,
    };
  }
}

function isLimited(item: LimitItem): boolean {
  return Object.keys(livingScopes(item, Date.now() / 1_000)).length > 0;
}
