/** What a form is read from: the text itself, or the words before it. */
interface FormBase {
  /** Its number in the table of the documentation. */
  readonly number: number;
  readonly name: string;
  readonly examples: readonly string[];
  /** Texts of a similar shape that are not masked. */
  readonly lookAlikes: readonly string[];
}

/** A prefix, a hyphen, and a body that matches. */
export interface IdForm extends FormBase {
  readonly prefixes: readonly string[];
  readonly body: string;
  /** Words that must stand within 60 characters before it, because the shape alone also occurs elsewhere. */
  readonly context?: string;
}

/** What a `PatternForm` is looked for at. */
export type Anchor = 'credential' | 'host' | 'scheme' | 'log-group' | 'pool' | 'address' | Value;
/** The value itself is common; the words before it decide. */
type Value = 'digits' | 'uuid' | 'zone' | 'distribution' | 'secret' | 'secret-name' | 'bucket' | 'signed-url';

/**
 * A regular expression that is tried where its anchor occurs. Groups are what is replaced: `n…` names, whose parts are
 * replaced one by one; `t…` a token as a whole; `s…` a secret; `i…` an IP address.
 */
export interface PatternForm extends FormBase {
  readonly anchor: Anchor;
  readonly pattern: string;
  /** Must match the end of the text before. Escapes, colors and emphasis are removed from that text first. */
  readonly before?: string;
  readonly switch?: 'ips';
  /** One of these is in every text that matches; others are not tried. */
  readonly needs?: readonly string[];
}

export interface ArnForm extends FormBase {
  /** The services; empty for all others. */
  readonly services: readonly string[];
  /** Without an account number the resource must match. */
  readonly withoutAccount?: string;
}

export type Form = IdForm | PatternForm | ArnForm;

/** 17 digits, or 8 that are not a date: `snap-20261127` is a name. */
export const HEX = '(?:[0-9a-f]{17}|(?!(?:19|20)[0-9]{6}(?![0-9a-f]))[0-9a-f]{8})';
/** Behind a single letter 8 digits alone are an expression, such as `i-56613888`. */
export const HEX_BEHIND_LETTER = '(?:[0-9a-f]{17}|(?=[0-9]*[a-f])[0-9a-f]{8})';
export const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const DIRECTION = '(?:northeast|northwest|southeast|southwest|north|south|east|west|central)';
export const REGION = `(?:(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-|iso[a-z]?-)?${DIRECTION}-\\d|eusc-de-east-\\d|eu-isoe-west-\\d)(?:-[a-z]{3}-\\d)?`;
export const PARTITION = 'aws(?:-cn|-us-gov|-iso(?:-[a-z])?|-eusc)?';
/** Of the service endpoints, dual-stack ones included. */
export const SUFFIX =
  '(?:amazonaws\\.com(?:\\.cn)?|amazonaws\\.eu|api\\.aws|api\\.amazonwebservices\\.(?:eu|com\\.cn))';
