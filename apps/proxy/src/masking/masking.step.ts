import type { BodyMasker, MaskedBody, MaskMap, MaskOptions, Pair } from '@claude-proxy/masking';
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
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import type { MaskingCounts } from '../exchange/exchange.js';
import { OperatorEvents } from '../exchange/operator-events.js';
import { blobsIn } from './blobs.js';
import { batchRefused, blobRefused, notJson, threadRefused, uploadRefused } from './masking.refusals.js';
import { DEFAULT_TENANT, MaskingService } from './masking.service.js';
import { relayedActOf } from './relayed-objects.js';
import { restoredAnswer } from './restored-answer.js';
import type { Restorer } from './restorer.js';
import { RuleVersions } from './rule-versions.js';
import type { MaskVault } from './vault/mask-vault.js';
import { MASK_VAULT } from './vault/open-vault.js';

/** Masking more at once would hold the event loop. */
const LARGE_BYTES = 512 * 1024;
const MAX_OBJECT_BYTES = 1024 * 1024;
const NO_COUNTS: MaskingCounts = { replaced: {}, restored: {}, left: 0 };

/** Replaces AWS identifiers in every request, and restores them in its answer. */
@Step('masking', STEP_ORDERS.masking)
@Injectable()
export class MaskingStep implements ExchangeStep<Caller> {
  readonly readsBodies = true;

  constructor(
    private readonly masking: MaskingService,
    @Inject(MASK_VAULT) private readonly vault: MaskVault | undefined,
    private readonly versions: RuleVersions,
    private readonly events: OperatorEvents,
  ) {}

  appliesTo(caller: Caller): boolean {
    return this.masking.isOnFor(caller);
  }

  before(request: StepRequest, caller: Caller): StepRun | undefined | Promise<StepRun | undefined> {
    const tenant = caller.clientKey?.team ?? DEFAULT_TENANT;
    if (request.operation === 'relay') return this.relayed(request, caller, tenant);
    this.expectMaskable(request.body!, caller);
    const rules = this.versions.rulesFor(request, caller);
    return rules instanceof Promise
      ? rules.then((found) => this.mask(request, caller, this.masking.maskerOf(tenant, found)))
      : this.mask(request, caller, this.masking.maskerOf(tenant, rules));
  }

  private mask(
    request: StepRequest,
    caller: Caller,
    masker: BodyMasker,
  ): StepRun | undefined | Promise<StepRun | undefined> {
    const run = (masked: MaskedBody) => masked.body && this.run(request, caller, masked, masker.options);
    const body = request.body!;
    return body.length > LARGE_BYTES ? masker.maskInTurns(body).then(run) : run(masker.mask(body));
  }

  /** @throws GatewayError for what cannot be masked */
  private expectMaskable(body: Buffer, { exchange }: Caller): void {
    const blobs = blobsIn(body);
    if (blobs.length > 0) {
      if (this.masking.config.blobs === 'refuse') throw blobRefused(blobs[0]!);
      exchange.masked({ ...NO_COUNTS, blobs: blobs.length });
    }
    if (!body.includes('"thread"')) return;
    const thread = memberValue(body, membersOfJson(body), 'thread') as { type?: unknown } | null | undefined;
    if (thread?.type === 'continue') throw threadRefused();
  }

  private run(
    { headers }: StepRequest,
    caller: Caller,
    { body, map, counts }: MaskedBody,
    options: MaskOptions,
  ): StepRun {
    const restorer = restorerOf(map, options, caller);
    note(caller, counts, restorer);
    this.alarm(caller, counts);
    return {
      body: body!,
      headers: readable(headers),
      answer: (answer) => restoredAnswer(answer, restorer, false),
      after: () => note(caller, counts, restorer),
    };
  }

  private async relayed(request: StepRequest, caller: Caller, tenant: string): Promise<StepRun | undefined> {
    const relayed = relayedActOf(request.method, request.path);
    if (relayed.act === 'upload') {
      if (this.masking.config.blobs === 'refuse') throw uploadRefused();
      caller.exchange.masked({ ...NO_COUNTS, blobs: 1 });
    }
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
    this.expectMaskable(body, caller);
    const masked = await this.masking.maskerOf(tenant).maskBatch(body);
    if (!masked.body) return undefined;
    if (!this.vault) throw batchRefused();
    const pairs = [...masked.map.pairs];
    // Before it leaves: what could not be kept could not be restored.
    await this.vault.keep(tenant, caller.exchange.id, pairs);
    return {
      ...this.run(request, caller, masked, this.masking.rules.options),
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
    const restorer = restorerOf(map, this.masking.rules.options, caller);
    return {
      headers: readable(headers),
      answer: (answer) => restoredAnswer(answer, restorer, answer.status < 300),
      after: () => note(caller, new Map(), restorer),
    };
  }

  /** Keys and secrets in a prompt are an incident, masked or not. Each user is reported once a day for each kind. */
  private alarm({ exchange }: Caller, counts: ReadonlyMap<string, number>): void {
    for (const rule of counts.keys()) {
      if (!this.masking.isAlarm(rule)) continue;
      const text = `A request of ${exchange.user} contained a credential of AWS (${rule}). It was masked; rotate it, because it is in the client's files.`;
      const day = new Date().toISOString().slice(0, 10);
      const details = { rule, request: exchange.id };
      this.events.report({
        type: 'credential.seen',
        subject: `user:${exchange.user}`,
        text,
        details,
        occurrence: `${rule} ${day}`,
      });
    }
  }
}

function restorerOf(map: MaskMap, options: MaskOptions, { signal }: Caller): Restorer {
  return { map, options, counts: { restored: new Map(), left: 0 }, signal };
}

function note({ exchange }: Caller, replaced: ReadonlyMap<string, number>, { counts }: Restorer): void {
  const blobs = exchange.masking?.blobs;
  exchange.masked({
    replaced: Object.fromEntries(replaced),
    restored: Object.fromEntries(counts.restored),
    left: counts.left,
    ...(blobs !== undefined && { blobs }),
  });
}

/** The answer has to be read. */
function readable(headers: StepRequest['headers']): string[] {
  return [...headersWhere(headers, (name) => name !== 'accept-encoding'), 'accept-encoding', 'identity'];
}
