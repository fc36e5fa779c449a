import { createHmac, randomBytes } from 'node:crypto';
import { ALARM_FORMS, BodyMasker, type MaskMap } from '@claude-proxy/masking';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../auth/caller.js';
import { TeamDirectory } from '../auth/teams/team.directory.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { type MaskingConfig, maskingSection } from './masking.config.js';
import { isMasked, type MaskingScopes, maskingScopesOf } from './masking-scopes.js';
import { maskingSecretOf } from './masking-secret.js';
import { readKnownValues, readRules } from './own-files.js';
import { type RuleSet, ruleSetOf } from './rule-set.js';

/** Of callers whose client key has no team, and of callers without a client key. */
export const DEFAULT_TENANT = 'default';
const MAX_MASKERS = 200;

/** One masker for each tenant, what all of them look for, and whose requests are masked. */
@Injectable()
export class MaskingService {
  /** For callers of which nothing else is said. */
  readonly isOnByDefault: boolean;
  /** Of this process. A conversation may have begun under earlier ones. */
  readonly rules: RuleSet;
  private readonly scopes: MaskingScopes;
  private readonly maskers = new Map<string, BodyMasker>();
  private knownSecret: string | undefined;

  /** @throws ConfigError for a missing secret, and for files and scopes that cannot be used */
  constructor(
    @Inject(maskingSection.token) readonly config: MaskingConfig,
    @Inject(stateSection.token) private readonly state: StateConfig,
    private readonly teams: TeamDirectory,
  ) {
    this.isOnByDefault = config.masking !== 'off';
    this.rules = ruleSetOf({
      hasAddresses: config.masking === 'aws,ips',
      rules: readRules(config.rulesFile),
      known: readKnownValues(config.knownFile),
    });
    this.scopes = maskingScopesOf(config.scopes);
    if (this.isOnByDefault || [...this.scopes.values()].includes('on')) this.secret();
  }

  isOnFor(caller: Caller): boolean {
    const team = this.scopes.size === 0 ? undefined : this.teams.teamOf(caller.user, caller.clientKey);
    return isMasked(caller, team, this.scopes, this.isOnByDefault);
  }

  /** The same original has unrelated replacements in two tenants. @throws ConfigError without a secret */
  maskerOf(tenant: string, { version, options }: RuleSet = this.rules): BodyMasker {
    const name = `${version} ${tenant}`;
    const known = this.maskers.get(name);
    if (known) return known;
    const masker = new BodyMasker(this.keyOf(tenant, 'placeholders'), options);
    if (this.maskers.size >= MAX_MASKERS) this.maskers.delete(this.maskers.keys().next().value!);
    this.maskers.set(name, masker);
    return masker;
  }

  /** Where masking is off, the placeholders of a preview are of no use elsewhere. */
  previewMap(): MaskMap {
    const masker = this.isOnByDefault
      ? this.maskerOf(DEFAULT_TENANT)
      : new BodyMasker(randomBytes(32), this.rules.options);
    return masker.newMap();
  }

  /** @throws ConfigError without a secret */
  keyOf(tenant: string, purpose: 'placeholders' | 'vault'): Buffer {
    return createHmac('sha256', this.secret()).update(`${purpose}\0${tenant}`).digest();
  }

  isAlarm(rule: string): boolean {
    return ALARM_FORMS.has(rule);
  }

  /** Where masking is off by default, a client key can switch it on after the start, and a secret is made then. */
  private secret(): string {
    this.knownSecret ??= maskingSecretOf(this.config, this.state);
    return this.knownSecret;
  }
}
