import { setTimeout } from 'node:timers/promises';
import { type Table, TableStore } from '@claude-proxy/storage';
import type { StepRequest } from '@claude-proxy/upstream';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import { accessTable } from '../state/access.table.js';
import { opened, sealed } from '../state/sealed-text.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { conversationOf, isBeginning } from './conversation.js';
import { DEFAULT_TENANT, MaskingService } from './masking.service.js';
import { isOfThisEngine, type RuleSet, ruleSetOf } from './rule-set.js';

const RULES = 'masking-rules';
const DAY_SECONDS = 24 * 60 * 60;
/** A conversation that rests longer begins anew: the prompt cache is long gone. */
const KEPT_SECONDS = 7 * DAY_SECONDS;
const MAX_REMEMBERED = 50_000;
/** So long the start waits for the store. */
const START_PATIENCE_MS = 1_000;

interface Remembered {
  readonly version: string;
  readonly writtenSeconds: number;
}

/**
 * Which rules a conversation is masked by: those of its first request. Other rules would change the beginning that the model has
 * read, which costs the prompt cache and makes bound thinking invalid. Without earlier rules in the store no request waits.
 */
@Injectable()
export class RuleVersions implements OnModuleInit {
  private readonly logger = new Logger('Masking');
  private readonly remembered = new Map<string, Remembered>();
  private earlier: ReadonlyMap<string, RuleSet> = new Map();
  private isStored = false;
  private started: Promise<void> | undefined;

  constructor(
    private readonly masking: MaskingService,
    private readonly store: TableStore,
    @Inject(stateSection.token) private readonly state: StateConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.masking.isOnByDefault) return;
    await Promise.race([this.start(), setTimeout(START_PATIENCE_MS, undefined, { ref: false })]);
  }

  /** The current rules, except for a conversation that began under earlier ones. */
  rulesFor(request: StepRequest, caller: Caller): RuleSet | Promise<RuleSet> {
    const { rules: current } = this.masking;
    if (!this.isStored) {
      // Masking is on for this caller, and off by default.
      void this.start();
      return current;
    }
    const hasBegun = !isBeginning(request.body!);
    if (hasBegun && this.earlier.size === 0 && !this.hasName(request, caller)) return current;
    const conversation = conversationOf(request, caller);
    if (conversation === undefined) return current;
    const known = this.remembered.get(conversation);
    if (known) return this.keep(conversation, known.version, known.writtenSeconds);
    if (!hasBegun || this.earlier.size === 0) return this.keep(conversation, current.version, 0);
    return this.read(conversation);
  }

  /** The text that a conversation begins with is read only where it decides something. */
  private hasName({ headers }: StepRequest, { session }: Caller): boolean {
    return session !== undefined || headers.includes('x-claude-code-session-id');
  }

  private async read(conversation: string): Promise<RuleSet> {
    const item = await this.table.get(keyOf(conversation)).catch((error: Error) => this.complain(error));
    return this.keep(conversation, String(item?.version ?? this.masking.rules.version), 0);
  }

  /** Remembers the rules of a conversation, and stores them at most once a day. */
  private keep(conversation: string, version: string, writtenSeconds: number): RuleSet {
    const rules = this.earlier.get(version) ?? this.masking.rules;
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const isDue = nowSeconds - writtenSeconds > DAY_SECONDS;
    this.remembered.delete(conversation);
    this.remembered.set(conversation, { version: rules.version, writtenSeconds: isDue ? nowSeconds : writtenSeconds });
    if (this.remembered.size > MAX_REMEMBERED) this.remembered.delete(this.remembered.keys().next().value!);
    if (isDue) {
      const item = { ...keyOf(conversation), version: rules.version, ttl: nowSeconds + KEPT_SECONDS };
      this.table.put(item).catch((error: Error) => this.complain(error));
    }
    return rules;
  }

  /** Never rejects: without the store a change of rules reaches all conversations. */
  private start(): Promise<void> {
    this.started ??= this.exchangeRules().catch((error: Error) => this.complain(error));
    return this.started;
  }

  /** Stores the current rules, encrypted, since they name what must not leave, and reads the earlier ones. */
  private async exchangeRules(): Promise<void> {
    const key = this.masking.keyOf(DEFAULT_TENANT, 'vault');
    const { version, source } = this.masking.rules;
    const ttl = Math.floor(Date.now() / 1_000) + 2 * KEPT_SECONDS;
    const earlier = new Map<string, RuleSet>();
    for await (const { sort, text } of this.table.each({ partition: RULES })) {
      const found = String(sort);
      if (found === version || !isOfThisEngine(found)) continue;
      const json = opened(String(text), found, key);
      if (json !== undefined) earlier.set(found, ruleSetOf(JSON.parse(json)));
    }
    await this.table.put({ partition: RULES, sort: version, text: sealed(JSON.stringify(source), version, key), ttl });
    this.earlier = earlier;
    this.isStored = true;
  }

  private complain({ message }: Error): undefined {
    this.logger.warn(
      `❌ the rules of conversations cannot be stored, so a change of rules reaches all of them: ${message}`,
    );
  }

  private get table(): Table {
    return this.store.table(accessTable(this.state.accessTable));
  }
}

function keyOf(conversation: string): { partition: string; sort: string } {
  return { partition: `masking-conversation#${conversation}`, sort: 'rules' };
}
