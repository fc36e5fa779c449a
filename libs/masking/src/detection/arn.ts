import { PARTITION } from '../forms/form.js';
import { ARN_RULES } from './patterns.js';

const HEAD = new RegExp(
  `arn:${PARTITION}:(?<service>[a-z0-9][a-z0-9-]{1,62}):[a-z0-9*-]{0,40}:(?<account>\\d{12}|):`,
  'dy',
);
const RESOURCE = /[A-Za-z0-9_+=.@:/$#*-]{0,2048}/y;
/** The part of a resource without an account that tells whether it names something. */
const TELLING_CHARACTERS = 300;
/** Prose and emphasis behind an ARN. */
const TRAILING = /[.:;=+@*$#-]+$/;

export interface FoundArn {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where the account number is; undefined if the ARN has none. */
  readonly account: readonly [number, number] | undefined;
  /** The part with names. */
  readonly names: readonly [number, number];
}

/** The ARN that begins here; undefined if it names nothing of a tenant, such as `arn:aws:s3:::*`. */
export function arnAt(text: string, start: number): FoundArn | undefined {
  HEAD.lastIndex = start;
  const head = HEAD.exec(text);
  if (!head) return undefined;
  const { service, account } = head.groups as Record<string, string>;
  const from = start + head[0].length;
  const rule = ARN_RULES.find(({ services }) => services.has(service!));
  const isWithoutAccount = account === '';
  // The long part is read only behind a head that counts.
  if (isWithoutAccount && !rule?.withoutAccount?.test(text.slice(from, from + TELLING_CHARACTERS))) return undefined;
  RESOURCE.lastIndex = from;
  const resource = RESOURCE.exec(text)![0];
  const name = rule && (isWithoutAccount || rule.name !== 'ARN_S3') ? rule.name : 'ARN';
  const end = from + lengthOf(resource, text[start - 1]);
  const bucketEnd = from + /^[^/]*/.exec(resource)![0].length;
  const accountAt = head.indices!.groups!.account!;
  return {
    name,
    start,
    end: Math.max(end, from),
    account: isWithoutAccount ? undefined : accountAt,
    // Keys of objects stay, as in s3:// URIs: a model often appends its own.
    names: [from, name === 'ARN_S3' ? Math.min(bucketEnd, end) : end],
  };
}

function lengthOf(resource: string, before: string | undefined): number {
  const trimmed = resource.replace(TRAILING, '');
  return (before === '_' ? trimmed.replace(/_+$/, '') : trimmed).length;
}
