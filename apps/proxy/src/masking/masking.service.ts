import { createHmac } from 'node:crypto';
import { ALARM_FORMS, BodyMasker, findOwnWith, type MaskMap, type MaskOptions } from '@claude-proxy/masking';
import { Inject, Injectable } from '@nestjs/common';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { type MaskingConfig, maskingSection } from './masking.config.js';
import { maskingSecretOf } from './masking-secret.js';
import { readKnownValues, readRules } from './own-files.js';

/** Of callers whose client key has no team, and of callers without a client key. */
export const DEFAULT_TENANT = 'default';
const MAX_TENANTS = 200;

/** One masker for each tenant, and what all of them look for. */
@Injectable()
export class MaskingService {
  readonly isEnabled: boolean;
  readonly ownRules: readonly { readonly name: string; readonly pattern: string }[];
  readonly options: MaskOptions;
  private readonly secret: string;
  private readonly maskers = new Map<string, BodyMasker>();

  /** @throws ConfigError for a missing secret, and for files that cannot be used */
  constructor(
    @Inject(maskingSection.token) readonly config: MaskingConfig,
    @Inject(stateSection.token) state: StateConfig,
  ) {
    this.isEnabled = config.masking !== 'off';
    this.ownRules = readRules(config.rulesFile);
    const ownRules = findOwnWith(this.ownRules, readKnownValues(config.knownFile));
    this.options = { hasAddresses: config.masking === 'aws,ips', ...(ownRules && { ownRules }) };
    this.secret = this.isEnabled ? maskingSecretOf(config, state) : '';
  }

  /** The same original has unrelated replacements in two tenants. */
  maskerOf(tenant: string): BodyMasker {
    const known = this.maskers.get(tenant);
    if (known) return known;
    const masker = new BodyMasker(this.keyOf(tenant, 'placeholders'), this.options);
    if (this.maskers.size >= MAX_TENANTS) this.maskers.delete(this.maskers.keys().next().value!);
    this.maskers.set(tenant, masker);
    return masker;
  }

  previewMap(): MaskMap {
    return this.maskerOf(DEFAULT_TENANT).newMap();
  }

  keyOf(tenant: string, purpose: 'placeholders' | 'vault'): Buffer {
    return createHmac('sha256', this.secret).update(`${purpose}\0${tenant}`).digest();
  }

  isAlarm(rule: string): boolean {
    return ALARM_FORMS.has(rule);
  }
}
