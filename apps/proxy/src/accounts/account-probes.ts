import type { AccountVerdict } from '@claude-proxy/upstream';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { OperatorCredentials } from '../exchange/operator-credentials.js';
import type { Account } from './account.js';
import { AccountPool } from './account-pool.js';

const PATIENCE_MS = 10_000;
const AT_ONCE = 5;

/** What a probe has found: `accepted`, `refused`, or the reason for a missing result. */
export interface ProbeResult {
  readonly outcome: 'accepted' | 'refused' | 'unknown';
  readonly detail: string;
}

const REFUSED: AccountVerdict = { fault: 'refused', reach: 'key', isOfGroup: false, reason: 'the key is not valid' };

/** Sends a free request with a key: it shows whether the key is good, and which organization and workspace it has. */
@Injectable()
export class AccountProbes implements OnModuleDestroy {
  private readonly logger = new Logger(AccountProbes.name);
  private readonly ended = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: AccountPool,
    private readonly operators: OperatorCredentials,
  ) {}

  /** Never throws. A good key opens what only a probe or an operator can open. */
  async probe(account: Account): Promise<ProbeResult> {
    const { credential } = account;
    const result = await this.resultOf(account);
    if (result.outcome === 'accepted') this.pool.reopen(account);
    if (result.outcome === 'refused') this.pool.learn(credential, { windows: [], verdict: REFUSED });
    return result;
  }

  /** Learns the owners of these accounts, without waiting: until then each key counts as an organization of its own. */
  learnOwners(accounts: readonly Account[]): void {
    this.running = this.probeAll([...accounts]);
  }

  /** Resolves when the owners that were asked for are known, or could not be found. */
  async settled(): Promise<void> {
    await this.running;
  }

  onModuleDestroy(): void {
    this.ended.abort();
  }

  private async probeAll(waiting: Account[]): Promise<void> {
    const work = async () => {
      for (let account = waiting.shift(); account && !this.ended.signal.aborted; account = waiting.shift()) {
        const { outcome, detail } = await this.probe(account);
        if (outcome !== 'accepted') this.logger.warn(`account ${account.name}: ${detail}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  private async resultOf({ credential }: Account): Promise<ProbeResult> {
    const { probe } = this.operators;
    if (!probe) return { outcome: 'unknown', detail: 'no upstream can check a key' };
    const signal = AbortSignal.any([this.ended.signal, AbortSignal.timeout(PATIENCE_MS)]);
    try {
      const { status } = await probe(credential, signal);
      if (status === 401 || status === 403) return { outcome: 'refused', detail: `the key is refused (${status})` };
      const isAccepted = status < 400;
      return { outcome: isAccepted ? 'accepted' : 'unknown', detail: `answered ${status}` };
    } catch (error) {
      return { outcome: 'unknown', detail: `no answer to the check of the key: ${(error as Error).message}` };
    }
  }
}
