import { type MaskedBody, type MaskMap, type Pair } from '@claude-proxy/masking';
import { membersOfJson, memberValue } from '@claude-proxy/messages-api';
import {
  bodyOfBytes,
  type ExchangeStep,
  headersWhere,
  readBody,
  STEP_ORDERS,
  Step,
  type StepRequest,
  type StepRun,
  type UpstreamAnswer,
} from '@claude-proxy/upstream';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import type { MaskingCounts } from '../exchange/exchange.js';
import { firstBlob } from './blobs.js';
import { batchRefused, blobRefused, notJson, threadRefused, uploadRefused } from './masking.refusals.js';
import { DEFAULT_TENANT, MaskingService } from './masking.service.js';
import { relayedActOf } from './relayed-objects.js';
import { restoredAnswer } from './restored-answer.js';
import type { Restorer } from './restorer.js';
import { MASK_VAULT, type MaskVault } from './vault/mask-vault.js';

/** Masking more at once would hold the event loop. */
const LARGE_BYTES = 512 * 1024;
const MAX_OBJECT_BYTES = 1024 * 1024;

/** Replaces AWS identifiers in every request, and restores them in its answer. */
@Step('masking', STEP_ORDERS.masking)
@Injectable()
export class MaskingStep implements ExchangeStep<Caller> {
  private readonly logger = new Logger('Masking');
  readonly isEnabled: boolean;
  readonly readsBodies = true;

  constructor(
    private readonly masking: MaskingService,
    @Inject(MASK_VAULT) private readonly vault: MaskVault | undefined,
  ) {
    this.isEnabled = masking.isEnabled;
  }

  before(request: StepRequest, caller: Caller): StepRun | undefined | Promise<StepRun | undefined> {
    if (caller.clientKey?.masking === 'off') return undefined;
    const tenant = caller.clientKey?.team ?? DEFAULT_TENANT;
    if (request.operation === 'relay') return this.relayed(request, caller, tenant);
    this.expectMaskable(request.body!);
    const masker = this.masking.maskerOf(tenant);
    if (request.body!.length > LARGE_BYTES) {
      return masker.maskInTurns(request.body!).then((masked) => masked.body && this.run(request, caller, masked));
    }
    const masked = masker.mask(request.body!);
    return masked.body && this.run(request, caller, masked);
  }

  /** @throws GatewayError for what cannot be masked */
  private expectMaskable(body: Buffer): void {
    if (this.masking.config.blobs === 'refuse') {
      const place = firstBlob(body);
      if (place !== undefined) throw blobRefused(place);
    }
    if (!body.includes('"thread"')) return;
    const thread = memberValue(body, membersOfJson(body), 'thread') as { type?: unknown } | null | undefined;
    if (thread?.type === 'continue') throw threadRefused();
  }

  private run({ headers }: StepRequest, caller: Caller, { body, map, counts }: MaskedBody): StepRun {
    const restorer = this.restorerOf(map, caller);
    this.note(caller, counts, restorer);
    return {
      body: body!,
      headers: readable(headers),
      answer: (answer) => restoredAnswer(answer, restorer, false),
      after: () => caller.exchange.masked(countsOf(counts, restorer)),
    };
  }

  private async relayed(request: StepRequest, caller: Caller, tenant: string): Promise<StepRun | undefined> {
    const relayed = relayedActOf(request.method, request.path);
    if (relayed.act === 'upload' && this.masking.config.blobs === 'refuse') throw uploadRefused();
    if (relayed.act === 'create-batch') return this.createBatch(request, caller, tenant);
    return relayed.act === 'read-results' ? this.readResults(request, caller, tenant, relayed.id) : undefined;
  }

  private async createBatch(request: StepRequest, caller: Caller, tenant: string): Promise<StepRun | undefined> {
    const body = await request.readBody();
    try {
      membersOfJson(body);
    } catch (error) {
      throw notJson(error);
    }
    this.expectMaskable(body);
    const masked = await this.masking.maskerOf(tenant).maskBatch(body);
    if (!masked.body) return undefined;
    if (!this.vault) throw batchRefused();
    const pairs = [...masked.map.pairs];
    // Before it leaves: what could not be kept could not be restored.
    await this.vault.keep(tenant, caller.exchange.id, pairs);
    return {
      ...this.run(request, caller, masked),
      answer: (answer) => this.keptUnderItsId(answer, tenant, pairs, caller),
    };
  }

  private async keptUnderItsId(
    answer: UpstreamAnswer,
    tenant: string,
    pairs: readonly Pair[],
    { signal }: Caller,
  ): Promise<UpstreamAnswer> {
    if (answer.status >= 300) return answer;
    const bytes = await readBody(answer.body, MAX_OBJECT_BYTES, signal);
    const id = memberValue(bytes, membersOfJson(bytes), 'id');
    await this.vault!.keep(tenant, String(id), pairs);
    return { ...answer, body: bodyOfBytes(bytes) };
  }

  private async readResults(
    { headers }: StepRequest,
    caller: Caller,
    tenant: string,
    id: string,
  ): Promise<StepRun | undefined> {
    const pairs = await this.vault?.recall(tenant, decodeURIComponent(id));
    if (!pairs) return undefined;
    const map = this.masking.maskerOf(tenant).newMap();
    for (const pair of pairs) map.add(pair);
    const restorer = this.restorerOf(map, caller);
    return {
      headers: readable(headers),
      answer: (answer) => restoredAnswer(answer, restorer, answer.status < 300),
      after: () => caller.exchange.masked(countsOf(new Map(), restorer)),
    };
  }

  private restorerOf(map: MaskMap, { signal }: Caller): Restorer {
    return { map, options: this.masking.options, counts: { restored: new Map(), left: 0 }, signal };
  }

  /** Keys and secrets in a prompt are an incident, masked or not. */
  private note({ exchange }: Caller, counts: ReadonlyMap<string, number>, restorer: Restorer): void {
    exchange.masked(countsOf(counts, restorer));
    const alarming = [...counts.keys()].filter((rule) => this.masking.isAlarm(rule));
    if (alarming.length === 0) return;
    const what = alarming.join(', ');
    this.logger.warn(
      `❌ ${exchange.id} of ${exchange.user} contained ${what}. It was masked; rotate it, because it is in the client's files.`,
    );
  }
}

function countsOf(replaced: ReadonlyMap<string, number>, { counts }: Restorer): MaskingCounts {
  return { replaced: Object.fromEntries(replaced), restored: Object.fromEntries(counts.restored), left: counts.left };
}

/** The answer has to be read. */
function readable(headers: StepRequest['headers']): string[] {
  return [...headersWhere(headers, (name) => name !== 'accept-encoding'), 'accept-encoding', 'identity'];
}
