/** What `POST /api/masking/preview` answers. */
export interface MaskingPreview {
  readonly masked: string;
  /** Positions in the text that was sent. */
  readonly matches: readonly { readonly rule: string; readonly start: number; readonly end: number }[];
}

export interface MaskingRule {
  readonly number: number;
  readonly name: string;
  readonly examples: readonly string[];
  readonly look_alikes: readonly string[];
  readonly is_on: boolean;
  /** To see one at all is an incident. */
  readonly is_alarm: boolean;
}

/** What `GET /api/masking/rules` answers. */
export interface MaskingRules {
  readonly masking: 'off' | 'aws' | 'aws,ips';
  readonly vault: string;
  readonly blobs: 'pass' | 'refuse';
  readonly rules: readonly MaskingRule[];
  readonly own_rules: readonly string[];
}

/** How often identifiers were masked and restored in one request, by rule. */
export interface MaskingCounts {
  readonly replaced: Readonly<Record<string, number>>;
  readonly restored: Readonly<Record<string, number>>;
  /** Placeholders that stayed in the answer. */
  readonly left: number;
}
