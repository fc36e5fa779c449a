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

/** A key, secret or token that was seen in a request. */
export interface MaskingAlarm {
  readonly rule: string;
  readonly user: string;
  /** The id of the last request with one. */
  readonly request: string;
  /** Of that request, in epoch milliseconds. */
  readonly at: number;
  /** How many requests had one. A conversation sends it again with every turn. */
  readonly requests: number;
}

export interface MaskingUser {
  readonly user: string;
  readonly masked: number;
  readonly restored: number;
  readonly left: number;
}

/** Counts since the start of the process that answers. */
export interface MaskingFigures {
  readonly since: number;
  readonly by_rule: Readonly<Record<string, { readonly masked: number; readonly restored: number }>>;
  readonly by_user: readonly MaskingUser[];
  /** Images, PDFs and files that passed unmasked. */
  readonly blobs: number;
  /** Newest first, one for each user and rule. */
  readonly alarms: readonly MaskingAlarm[];
}

/** What `GET /api/masking/rules` answers. */
export interface MaskingRules {
  readonly masking: 'off' | 'aws' | 'aws,ips';
  readonly vault: string;
  readonly blobs: 'pass' | 'refuse';
  /** Changes with the forms and own rules. A conversation keeps the version of its first request. */
  readonly version: string;
  readonly rules: readonly MaskingRule[];
  readonly own_rules: readonly string[];
  readonly figures: MaskingFigures;
}

/** How often identifiers were masked and restored in one request, by rule. */
export interface MaskingCounts {
  readonly replaced: Readonly<Record<string, number>>;
  readonly restored: Readonly<Record<string, number>>;
  /** Placeholders that stayed in the answer. */
  readonly left: number;
  /** Images, PDFs and files that passed, which cannot be masked. Missing: none. */
  readonly blobs?: number;
}
