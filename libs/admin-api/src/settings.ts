/** Answer of `GET /api/settings`, for operators. */

export interface EffectiveSetting {
  readonly variable: string;
  readonly description: string;
  /** In words. */
  readonly allowed: string;
  /** Null without one. */
  readonly default: string | null;
  /** Null if unset; `[set]` for a secret. */
  readonly value: string | null;
  /** `file` is the `.env` file of the working directory. */
  readonly source: 'default' | 'environment' | 'file';
  readonly is_secret: boolean;
}

export interface EffectiveSection {
  readonly name: string;
  readonly description: string;
  readonly settings: readonly EffectiveSetting[];
}

/** One row of the list of models in force. */
export interface KnownModel {
  readonly model: string;
  readonly name: string;
  /** UTC days, `YYYY-MM-DD`. */
  readonly released: string;
  readonly retires: string | null;
  readonly successor: string | null;
  readonly is_on_bedrock: boolean;
  readonly is_priced: boolean;
}

export interface SettingsReport {
  readonly version: string;
  /** Of Node. */
  readonly node_version: string;
  /** Of the process that answers, epoch milliseconds. */
  readonly started_at: number;
  readonly working_directory: string;
  readonly sections: readonly EffectiveSection[];
  /** Newest first. */
  readonly models: readonly KnownModel[];
}
