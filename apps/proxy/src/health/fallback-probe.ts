import type { FallbackTrial } from '@claude-proxy/admin-api';
import { readBody, type UpstreamRequest } from '@claude-proxy/upstream';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { FallbackSwitch } from '../fallback/fallback.switch.js';
import { type NamedUpstream, UpstreamRegistry } from '../fallback/upstream.registry.js';
import { type HealthConfig, healthSection } from './health.config.js';

/** After a failure the next probe comes sooner than after a success. */
const RETRY_MS = 60_000;
/** A single throttled or lost request is not a fault of the deployment. */
const FAILURES_UNTIL_ERROR = 2;
const PATIENCE_MS = 60_000;
/** An operator waits for it. */
const TRIAL_MS = 15_000;
const MAX_ANSWER_BYTES = 1_000_000;
const PROBE_USER = 'fallback-probe';

interface Trial {
  readonly failures: number;
  readonly reason: string;
}

/**
 * Proves every now and then that the fallback upstreams answer: credentials, permissions, the model and the network.
 * Without it the first proof is the first fallback. Streams, as Claude Code does, because that is a permission of its own.
 */
@Injectable()
export class FallbackProbe implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FallbackProbe.name);
  private readonly trials = new Map<string, Trial>();
  private readonly stopped = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly registry: UpstreamRegistry,
    private readonly fallback: FallbackSwitch,
    @Inject(healthSection.token) private readonly config: HealthConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.probeMinutes > 0) this.runIn(0);
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.stopped.abort();
  }

  /** Why an upstream is not usable; undefined if its last probe was answered, or there was none. */
  failureOf(upstream: string): string | undefined {
    const trial = this.trials.get(upstream);
    return trial && trial.failures >= FAILURES_UNTIL_ERROR ? trial.reason : undefined;
  }

  /** Probes all fallback upstreams once. Never rejects. */
  async run(): Promise<void> {
    if (!this.fallback.rules.isEnabled) return;
    await Promise.all(this.others.map((upstream) => this.prove(upstream)));
  }

  /** Asks each fallback upstream for a short answer of this model, which the operator pays. Never rejects. */
  async try(model: string): Promise<FallbackTrial[]> {
    return Promise.all(
      this.others.map(async (upstream) => {
        const startedMs = performance.now();
        const reason = await this.failedReason(upstream, model, TRIAL_MS);
        const duration_ms = Math.round(performance.now() - startedMs);
        return { upstream: upstream.name, model, answered: reason === undefined, detail: reason ?? '', duration_ms };
      }),
    );
  }

  private get others(): readonly NamedUpstream[] {
    return this.registry.chain.filter(({ isFirstChoice }) => !isFirstChoice);
  }

  private runIn(delayMs: number): void {
    this.timer = setTimeout(async () => {
      await this.run();
      if (this.stopped.signal.aborted) return;
      const hasFailed = [...this.trials.values()].some(({ failures }) => failures > 0);
      this.runIn(hasFailed ? RETRY_MS : this.config.probeMinutes * 60_000);
    }, delayMs).unref();
  }

  private async prove(upstream: NamedUpstream): Promise<void> {
    const { name } = upstream;
    const reason = await this.failedReason(upstream, this.config.probeModel, PATIENCE_MS);
    if (this.stopped.signal.aborted) return;
    if (reason === undefined) {
      this.trials.set(name, { failures: 0, reason: '' });
      this.logger.log(`${name} answers (${this.config.probeModel})`);
      return;
    }
    const failures = (this.trials.get(name)?.failures ?? 0) + 1;
    this.trials.set(name, { failures, reason });
    const line = `${name} does not answer ${this.config.probeModel}: ${reason}`;
    if (failures < FAILURES_UNTIL_ERROR) this.logger.warn(line);
    else this.logger.error(`❌ ${line}`);
  }

  private async failedReason(
    { provider, memory }: NamedUpstream,
    model: string,
    patienceMs: number,
  ): Promise<string | undefined> {
    const request = requestFor(model);
    const signal = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(patienceMs)]);
    try {
      const acceptance = provider.accepts(request);
      if (!acceptance.accepted) return acceptance.reason;
      const { body } = await provider.send(request, { signal, memory, credential: undefined });
      const text = String(await readBody(body, MAX_ANSWER_BYTES, signal));
      return text.includes('message_stop') ? undefined : 'the answer broke off';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function requestFor(model: string): UpstreamRequest {
  const json = { model, max_tokens: 16, stream: true, messages: [{ role: 'user', content: 'Say OK.' }] };
  return {
    operation: 'messages',
    path: '/v1/messages',
    headers: ['content-type', 'application/json', 'anthropic-version', '2023-06-01'],
    body: Buffer.from(JSON.stringify(json)),
    model,
    isStream: true,
    user: PROBE_USER,
    json: () => json,
  };
}
