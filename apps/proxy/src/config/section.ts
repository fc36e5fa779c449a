import { getConfigToken } from '@nestjs/config';
import type { Kind } from './kinds.js';

/** One variable of the environment. */
export interface Setting<Value> {
  readonly variable: string;
  readonly kind: Kind<unknown>;
  /** The text taken when the variable is unset or empty; absent: the setting is then undefined. */
  readonly defaultText?: string;
  /** A sentence for `docs/configuration.md`. */
  readonly description: string;
  /** Carries the type of the value; never set. */
  readonly _value?: Value;
}

/** The variables of one room, handed to that room alone under `token`. */
export interface Section<Settings extends Record<string, Setting<unknown>> = Record<string, Setting<unknown>>> {
  readonly name: string;
  readonly token: string;
  readonly description: string;
  readonly settings: Settings;
}

/** The values of a section, as its room sees them. */
export type ConfigOf<AnySection> =
  AnySection extends Section<infer Settings>
    ? { readonly [Name in keyof Settings]: Settings[Name] extends Setting<infer Value> ? Value : never }
    : never;

export function setting<Value>(
  variable: string,
  kind: Kind<Value>,
  description: string,
  defaultText: string,
): Setting<Value>;
export function setting<Value>(variable: string, kind: Kind<Value>, description: string): Setting<Value | undefined>;
export function setting(variable: string, kind: Kind<unknown>, description: string, defaultText?: string) {
  return defaultText === undefined ? { variable, kind, description } : { variable, kind, description, defaultText };
}

export function section<Settings extends Record<string, Setting<unknown>>>(
  name: string,
  description: string,
  settings: Settings,
): Section<Settings> {
  return { name, token: getConfigToken(name), description, settings };
}
